import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorAnswer } from "../errors/error-answer.js";

/** One request of a client, and the response that it waits for. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborted when the client is gone or the gateway stops. */
  readonly signal: AbortSignal;
  /** What the client gets to see of something that was thrown. */
  readonly toErrorAnswer: (thrown: unknown) => ErrorAnswer;
  /** Called when the upstream is called anew for the rest of a stream, with what became of the call before. */
  readonly onResume: (lost: unknown) => void;
}

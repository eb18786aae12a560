import type { IncomingMessage } from "node:http";
import { GatewayError } from "../errors/gateway-error.js";
import { parseJsonBytes } from "../json/json-codec.js";
import type { RequestBinder } from "./request-binder.js";
import { type Line, readLines } from "./request-body.js";

/** What one line of a body may be. */
export interface LineLimits {
  readonly maxBytes: number;
  /** JSON values. */
  readonly maxValues: number;
}

/** The message of each line of a body, in Protobuf, as it arrives. Throws for a line that is none, and names it. */
export async function* readMessages(
  request: IncomingMessage,
  binder: RequestBinder,
  { maxBytes, maxValues }: LineLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const line of readLines(request, maxBytes)) yield toMessage(line, binder, maxValues);
}

function toMessage(line: Line, binder: RequestBinder, maxValues: number): Uint8Array {
  const where = `line ${line.number}`;
  try {
    return binder.bytes(binder.message(parseJsonBytes(line.bytes, { where, maxValues })));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const message = error.message.startsWith(where) ? error.message : `${where}: ${error.message}`;
    throw new GatewayError(error.reason, message, { ...error, metadata: { line: String(line.number) } });
  }
}

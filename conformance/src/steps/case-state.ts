import type { DescMethod } from "@bufbuild/protobuf";
import type { ClientDuplexStream, ClientReadableStream } from "@grpc/grpc-js";
import type { Step, WorldStep } from "../cases/steps.js";
import type { Value } from "../cases/value.js";
import type { Answer } from "../contract/answer.js";
import type { ProcessUse } from "../targets/process-use.js";

/** What steps of one case share besides its variables. */
export interface CaseState {
  /** By the names that the case has for them. */
  readonly streams: Map<string, OpenStream>;
  readonly begun: Map<string, BegunCall>;
  /** How many streams at once are left. */
  readonly crowds: Map<string, () => void>;
  /** What the target took of the machine when that was to be remembered. */
  use?: ProcessUse;
  /** How the target ends that was sent SIGTERM. */
  exit?: Promise<ProcessEnd>;
  /** Performs steps that stand within another. */
  steps(steps: readonly Step[]): Promise<void>;
  /** Performs a step of the service's world; false when that does not know the verb. */
  worldStep(step: WorldStep): Promise<boolean>;
}

export interface ProcessEnd {
  readonly code: number | null;
  /** How long it took from the signal. */
  readonly seconds: number;
}

/** A call whose answer a later step waits for. */
export interface BegunCall {
  readonly answer: Promise<Answer>;
  cancel(): void;
}

/** A stream that a case opened: what was sent, what came and was not yet received, and how it ended. */
export interface OpenStream {
  readonly method: DescMethod;
  readonly call: ClientReadableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>;
  readonly sent: Buffer[];
  readonly messages: Value[];
  ended?: Answer;
  /** What does not hold for a message though it holds for all. */
  breach?: unknown;
  /** Wakes who waits for the next message or the end. */
  changed: () => void;
}

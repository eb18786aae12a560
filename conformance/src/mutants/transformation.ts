import type { DescMethod } from "@bufbuild/protobuf";
import type { Ending } from "./ending.js";

/** One call through the proxy. */
export interface Exchange {
  readonly method: DescMethod;
  /** Metadata of the request; a transformation may change it before the call is handed on. */
  readonly headers: Record<string, string>;
  /** Request messages so far, as the client sent them. */
  readonly requests: Buffer[];
  /** How many messages the implementation has answered so far. */
  answered: number;
}

/** What the client gets instead of a message, and how the call ends when it ends there. */
export interface Replacement {
  readonly messages: readonly Uint8Array[];
  readonly end?: Ending | "silence";
}

/** One thing that is done wrong with every call. What a transformation leaves out is handed on as it is. */
export interface Transformation {
  headers?(exchange: Exchange): void;
  /** Of each request message; an ending refuses the call. */
  request?(bytes: Buffer, exchange: Exchange): Uint8Array | Ending;
  /** Of each message of the answer. */
  response?(bytes: Buffer, exchange: Exchange): Replacement;
  /** Of the status; `silence` leaves the stream open, `nothing` ends it without one. */
  ending?(ending: Ending, exchange: Exchange): Ending | Replacement | "silence" | "nothing";
}

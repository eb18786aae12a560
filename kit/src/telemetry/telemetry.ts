import { randomBytes } from "node:crypto";
import type { SpanPlace } from "./span-place.js";

/** How a call ended. */
export interface CallEnd {
  /** The gRPC code by its name, such as `NOT_FOUND`. */
  readonly code: string;
  /** The reason of a refusal, such as `ITEM_NOT_FOUND`. */
  readonly reason?: string | undefined;
  readonly requestId?: string | undefined;
}

/** A call under way, as a span of its trace. */
export interface CallSpan extends SpanPlace {
  /** To be called once. */
  end(how: CallEnd): void;
}

/** How an HTTP request ended. */
export interface RequestEnd {
  /** The template of its path; undefined where nothing is there. */
  readonly route: string | undefined;
  readonly status: number;
  readonly requestId: string;
  readonly reason?: string | undefined;
}

/** An HTTP request under way, as a span of its trace. */
export interface RequestSpan extends SpanPlace {
  /** To be called once. */
  end(how: RequestEnd): void;
}

/** What is told of calls and of lines of the log, as docs/telemetry.md says. Disposing tells what is left, within a second. */
export interface Telemetry extends AsyncDisposable {
  /** Whether anybody is told. */
  readonly isOn: boolean;
  /** A call that is answered here; `method` is its path. Without a parent it begins a trace. */
  answering(method: string, parent: SpanPlace | undefined): CallSpan;
  /** A call that is made to `server`, `unix:/path` or `host:port`. */
  calling(method: string, parent: SpanPlace | undefined, server: string): CallSpan;
  /** An HTTP request that is answered here. */
  requested(method: string, parent: SpanPlace | undefined): RequestSpan;
  /** A line of the log, JSON. */
  record(line: string): void;
}

/** A process as its telemetry names it. */
export interface Telling {
  readonly name: string;
  readonly version: string;
}

/** Tells nobody. Calls have their places in traces all the same. */
export const noTelemetry: Telemetry = {
  isOn: false,
  answering: (_method, parent) => placeBelow(parent),
  calling: (_method, parent) => placeBelow(parent),
  requested: (_method, parent) => placeBelow(parent),
  record: () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

function placeBelow(parent: SpanPlace | undefined): CallSpan & RequestSpan {
  return {
    traceId: parent?.traceId ?? randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    flags: parent?.flags ?? "01",
    end: () => undefined,
  };
}

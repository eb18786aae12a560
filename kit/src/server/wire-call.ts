import type { Metadata, ServerDuplexStream, StatusObject } from "@grpc/grpc-js";
import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";
import { abortable } from "../streams/abortable.js";
import { drained } from "../streams/drain.js";

/** A call as bytes: on the wire all four shapes are one, messages in and messages out. */
export interface WireCall {
  readonly metadata: Metadata;
  /** The caller's deadline, if it has one. */
  readonly deadline: Date | undefined;
  /** Aborted when the call ends before it was answered, with a StatusError of CANCELLED or DEADLINE_EXCEEDED. */
  readonly signal: AbortSignal;
  /** The next message, undefined after the last one. Rejects with the signal's reason. */
  receive(): Promise<Buffer | undefined>;
  /** Resolves when there is room for another message. Rejects with the signal's reason. */
  send(message: Uint8Array): Promise<void>;
  /** Ends the call, with OK when no status is given. */
  finish(status?: StatusObject): void;
}

/** Something that answers the calls of one path. A rejection ends the call with a status. */
export interface WireMethod {
  readonly path: string;
  answer(call: WireCall): Promise<void>;
}

/** The call behind a grpc-js stream whose (de)serializers are the identity. */
export function toWireCall(stream: ServerDuplexStream<Buffer, Buffer>): WireCall {
  const gone = new AbortController();
  const limit = stream.getDeadline();
  const deadline = limit === Number.POSITIVE_INFINITY ? undefined : new Date(limit);
  stream.once("cancelled", () => gone.abort(whyGone(deadline)));
  const messages = stream.iterator({ destroyOnReturn: false });
  return {
    metadata: stream.metadata,
    deadline,
    signal: gone.signal,
    receive: async () => {
      const next: IteratorResult<Buffer> = await abortable(messages.next(), gone.signal);
      return next.done ? undefined : next.value;
    },
    send: async (message) => {
      gone.signal.throwIfAborted();
      if (!stream.write(Buffer.from(message.buffer, message.byteOffset, message.byteLength)))
        await drained(stream, gone.signal);
    },
    finish: (status) => {
      if (gone.signal.aborted) return;
      if (status) stream.emit("error", status);
      else stream.end();
    },
  };
}

function whyGone(deadline: Date | undefined): StatusError {
  return deadline !== undefined && deadline.getTime() <= Date.now()
    ? new StatusError(ErrorReason.DEADLINE_EXCEEDED, "the deadline has passed")
    : new StatusError(ErrorReason.CANCELLED, "the caller cancelled the call");
}

import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";
import { linkSignals } from "../streams/abortable.js";
import type { WireCall } from "./wire-call.js";

/** The time that a call has, and the signal that says when it is over. */
export interface CallDeadline {
  readonly at: Date;
  /** Aborted by the deadline or with the caller, with a StatusError as reason. */
  readonly signal: AbortSignal;
  /** To be called once the call is answered. A failed one aborts the signal, so that its handler ends as well. */
  settle(failure: StatusError | undefined): void;
}

/** The earlier one of the caller's deadline and now plus the method's timeout. `others` end the call as well. */
export function createDeadline(
  wire: Pick<WireCall, "deadline" | "signal">,
  timeoutMs: number,
  ...others: readonly AbortSignal[]
): CallDeadline {
  const now = Date.now();
  const latest = now + timeoutMs;
  const at = new Date(Math.min(wire.deadline?.getTime() ?? latest, latest));
  const expired = new AbortController();
  const expire = () =>
    expired.abort(new StatusError(ErrorReason.DEADLINE_EXCEEDED, "the deadline has passed"));
  const timer = setTimeout(expire, Math.max(0, at.getTime() - now));
  const over = linkSignals(wire.signal, expired.signal, ...others);
  return {
    at,
    signal: over.signal,
    settle: (failure) => {
      clearTimeout(timer);
      if (failure) expired.abort(failure);
      over[Symbol.dispose]();
    },
  };
}

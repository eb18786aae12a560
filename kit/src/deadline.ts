import { ErrorReason } from "./reason-rule.js";
import { StatusError } from "./status-error.js";
import type { WireCall } from "./wire-call.js";

/** The time that a call has, and the signal that says when it is over. */
export interface CallDeadline {
  readonly at: Date;
  /** Aborted by the deadline or with the caller, with a StatusError as reason. */
  readonly signal: AbortSignal;
  /** To be called once the call is answered: frees the timer and ends what still listens to the signal. */
  settle(): void;
}

/** The earlier one of the caller's deadline and now plus the method's timeout. */
export function createDeadline(wire: Pick<WireCall, "deadline" | "signal">, timeoutMs: number): CallDeadline {
  const now = Date.now();
  const latest = now + timeoutMs;
  const at = new Date(Math.min(wire.deadline?.getTime() ?? latest, latest));
  const controller = new AbortController();
  const leave = () => controller.abort(wire.signal.reason);
  const expire = () =>
    controller.abort(new StatusError(ErrorReason.DEADLINE_EXCEEDED, "the deadline has passed"));
  const timer = setTimeout(expire, Math.max(0, at.getTime() - now));
  if (wire.signal.aborted) leave();
  wire.signal.addEventListener("abort", leave, { once: true });
  return {
    at,
    signal: controller.signal,
    settle: () => {
      clearTimeout(timer);
      wire.signal.removeEventListener("abort", leave);
    },
  };
}

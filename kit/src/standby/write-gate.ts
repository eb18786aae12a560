import { setMaxListeners } from "node:events";
import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";

/** Lets calls of writing methods in while the process is active, and counts them until nothing of them runs any more. */
export interface WriteGate {
  /** Undefined while the gate is closed. To be left once the call's handler has ended as well. */
  enter(): Pass | undefined;
  open(): void;
  /** Refuses calls from now on. Resolves when those that are in have left; streams are ended after a while. */
  close(): Promise<void>;
}

/** A call that was let in. */
export interface Pass {
  /** Aborted when the gate closes: response streams end at the next message. */
  readonly draining: AbortSignal;
  /** Aborted, with a StatusError, some time later: request streams end at once. */
  readonly cutOff: AbortSignal;
  leave(): void;
}

/** The calls that are let in between opening and closing the gate. */
interface Period {
  readonly draining: AbortController;
  readonly cutOff: AbortController;
  underWay: number;
  /** Called when the last call has left. */
  onEmpty: () => void;
}

/** @param drainMs how long request streams may go on once the gate closes */
export function createWriteGate(drainMs: number): WriteGate {
  let period: Period | undefined;

  function leave(from: Period): void {
    from.underWay--;
    if (from.underWay === 0) from.onEmpty();
  }

  return {
    enter() {
      if (period === undefined) return undefined;
      const entered = period;
      entered.underWay++;
      const { draining, cutOff } = entered;
      return { draining: draining.signal, cutOff: cutOff.signal, leave: () => leave(entered) };
    },

    open() {
      period ??= newPeriod();
    },

    async close() {
      const closing = period;
      period = undefined;
      if (closing === undefined) return;
      const empty = new Promise<void>((resolve) => {
        closing.onEmpty = resolve;
        if (closing.underWay === 0) resolve();
      });
      closing.draining.abort(inStandby());
      const timer = setTimeout(() => closing.cutOff.abort(inStandby()), drainMs);
      await empty;
      clearTimeout(timer);
    },
  };
}

function newPeriod(): Period {
  const period = {
    draining: new AbortController(),
    cutOff: new AbortController(),
    underWay: 0,
    onEmpty: () => undefined,
  };
  // Every call that is in may listen to these.
  setMaxListeners(0, period.draining.signal, period.cutOff.signal);
  return period;
}

/** The refusal of a call that the gate does not let in. */
export function inStandby(): StatusError {
  return new StatusError(
    ErrorReason.SERVICE_UNAVAILABLE,
    "this process is in standby; another one takes writes",
  );
}

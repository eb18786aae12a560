import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { lastEvent, type PaymentLog, stateOf } from "../saga/payment-log.js";
import type { PaymentStore } from "../store/payment-store.js";
import type { AskContext } from "./ask.js";
import type { RequestContext } from "./request-context.js";
import type { RetryPolicy } from "./retry-policy.js";
import type { Step, StepResult } from "./step.js";

/** Drives payments to their end, step by step. Work goes on when its caller leaves, until the driver is disposed of. */
export interface Driver extends AsyncDisposable {
  /**
   * Steps until the payment is settled or the retry policy gives up. Others may drive the same payment at the same time:
   * of all who add an event in one place of the log, one succeeds.
   */
  drive(log: PaymentLog, context: RequestContext, retries: RetryPolicy): Promise<StepResult>;
  /** Leaves all work that is under way to the recovery, between two steps. Resolves when none is left. */
  rest(): Promise<void>;
}

export function createDriver(step: Step, store: Pick<PaymentStore, "unmark" | "freeSlot">): Driver {
  const stopping = new AbortController();
  let resting = new AbortController();
  // All work that is under way listens to them.
  setMaxListeners(0, stopping.signal, resting.signal);
  const underWay = new Set<Promise<unknown>>();

  async function drive(start: PaymentLog, context: AskContext, retries: RetryPolicy): Promise<StepResult> {
    let result: StepResult = { kind: "moved", log: start };
    const { signal } = resting;
    for (let tries = 0; !signal.aborted; ) {
      const state = stateOf(result.log);
      result = await step(result.log, context);
      if (result.kind === "settled") {
        await forget(result.log, context);
        return result;
      }
      tries = result.kind === "unanswered" && stateOf(result.log) === state ? tries + 1 : 0;
      if (tries === 0) continue;
      const waitMs = retries(tries, state);
      if (waitMs === undefined) return result;
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
    return result;
  }

  /**
   * When this fails the mark stays; the recovery finds that nothing is left to do, and removes it. A slot that stays is
   * free all the same, as its payment is final.
   */
  async function forget(log: PaymentLog, context: RequestContext): Promise<void> {
    const { id, user } = log.intent;
    if (stateOf(log) !== "REFUNDED") {
      await store.freeSlot(user, id).catch((err: unknown) => {
        context.log.warn({ event: "slot-kept", payment: id, err }, "a slot could not be given back");
      });
    }
    await store.unmark(id, lastEvent(log).sequence).catch((err: unknown) => {
      context.log.warn({ event: "still-marked", payment: id, err }, "a mark could not be removed");
    });
  }

  return {
    drive: (log, context, retries) => {
      const driving = drive(log, { ...context, signal: stopping.signal }, retries);
      const settled = driving.catch((err: unknown) => {
        context.log.warn({ event: "left", payment: log.intent.id, err }, "left to the recovery");
      });
      underWay.add(settled);
      void settled.finally(() => underWay.delete(settled));
      return driving;
    },
    async rest() {
      resting.abort();
      await Promise.all(underWay);
      resting = new AbortController();
      setMaxListeners(0, resting.signal);
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error("the process is stopping"));
      resting.abort();
      await Promise.all(underWay);
    },
  };
}

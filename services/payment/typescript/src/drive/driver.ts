import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { lastEvent, type PaymentLog, stateOf } from "../saga/payment-log.js";
import type { EventType } from "../saga/saga.js";
import type { PaymentStore } from "../store/payment-store.js";
import type { Errand } from "./ask.js";
import type { Step, StepResult } from "./step.js";

/**
 * How long to wait before a question is asked again, in ms; undefined to leave the payment to the recovery. `tries`
 * counts the questions in a row that got no definite answer.
 */
export type Patience = (tries: number, state: EventType) => number | undefined;

/** Takes payments onward. What it has begun goes on when its caller leaves, and ends when it is disposed of. */
export interface Driver extends AsyncDisposable {
  /** Steps until the payment is settled or the patience is over. Never twice the same work for one event wins. */
  drive(log: PaymentLog, errand: Omit<Errand, "signal">, patience: Patience): Promise<StepResult>;
}

export function createDriver(step: Step, store: Pick<PaymentStore, "unmark">): Driver {
  const stopping = new AbortController();
  // Everything under way listens to it.
  setMaxListeners(0, stopping.signal);
  const underWay = new Set<Promise<unknown>>();

  async function drive(start: PaymentLog, errand: Errand, patience: Patience): Promise<StepResult> {
    let result: StepResult = { kind: "moved", log: start };
    for (let tries = 0; !errand.signal.aborted; ) {
      const state = stateOf(result.log);
      result = await step(result.log, errand);
      if (result.kind === "settled") {
        await forget(result.log, errand);
        return result;
      }
      tries = result.kind === "unanswered" && stateOf(result.log) === state ? tries + 1 : 0;
      if (tries === 0) continue;
      const waitMs = patience(tries, state);
      if (waitMs === undefined) return result;
      await sleep(waitMs, undefined, { signal: errand.signal }).catch(() => undefined);
    }
    return result;
  }

  /** A mark that stays is taken up by the recovery, which finds nothing left to do. */
  async function forget(log: PaymentLog, errand: Errand): Promise<void> {
    const { id } = log.intent;
    await store.unmark(id, lastEvent(log).sequence).catch((err: unknown) => {
      errand.log.warn({ event: "still-marked", payment: id, err }, "a mark could not be removed");
    });
  }

  return {
    drive: (log, errand, patience) => {
      const driving = drive(log, { ...errand, signal: stopping.signal }, patience);
      const settled = driving.catch((err: unknown) => {
        errand.log.warn({ event: "left", payment: log.intent.id, err }, "left to the recovery");
      });
      underWay.add(settled);
      void settled.finally(() => underWay.delete(settled));
      return driving;
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error("the process is stopping"));
      await Promise.all(underWay);
    },
  };
}

import type { Clock } from "@theseus/kit";
import { type LogEvent, lastEvent, type PaymentLog, stateOf } from "../saga/payment-log.js";
import { firstQuestion, follow, type Move } from "../saga/saga.js";
import { catchUp, type PaymentStore } from "../store/payment-store.js";
import type { Ask, AskContext } from "./ask.js";
import type { ChangeNotifier } from "./change-notifier.js";
import { tellEvent } from "./tell-event.js";

/** The outcome of a step: nothing is left to do, the log has grown, or there was no definite answer. */
export interface StepResult {
  readonly kind: "settled" | "moved" | "unanswered";
  readonly log: PaymentLog;
}

export type Step = (log: PaymentLog, context: AskContext) => Promise<StepResult>;

export interface StepParts {
  readonly store: PaymentStore;
  readonly ask: Ask;
  readonly clock: Clock;
  readonly changes: ChangeNotifier;
}

/**
 * Takes a payment from its last event to the next one. Any number of steps may run for one payment at once, in any number
 * of processes: all questions are idempotent, and only one insert succeeds for each place in the log.
 */
export function createStep({ store, ask, clock, changes }: StepParts): Step {
  return async (log, context) => {
    const state = stateOf(log);
    let question = firstQuestion(state);
    while (question) {
      const move = follow(state, question, await ask(question, log, context));
      if (move.kind === "wait") return { kind: "unanswered", log: await catchUp(store, log) };
      if (move.kind === "append") return append(log, move, context);
      question = move.question;
    }
    return { kind: "settled", log };
  };

  async function append(log: PaymentLog, move: Append, context: AskContext): Promise<StepResult> {
    const event = nextEvent(log, move, clock);
    if (await store.insertEvent(log.intent.id, event)) {
      changes.notifyOf(log.intent.id);
      tellEvent(context.log, log.intent, event);
      return { kind: "moved", log: { intent: log.intent, events: [...log.events, event] } };
    }
    const current = await catchUp(store, log);
    return {
      kind: lastEvent(current).sequence > lastEvent(log).sequence ? "moved" : "unanswered",
      log: current,
    };
  }
}

type Append = Extract<Move, { readonly kind: "append" }>;

/** The event that a move adds. FAILED repeats the failure, REFUNDED the amount; times in a log never decrease. */
export function nextEvent(log: PaymentLog, { type, failure }: Append, clock: Clock): LogEvent {
  const last = lastEvent(log);
  const why = failure ?? (type === "FAILED" ? last.failure : undefined);
  return {
    sequence: last.sequence + 1,
    type,
    time: new Date(Math.max(clock.now().getTime(), last.time.getTime())),
    ...(why && { failure: why }),
    ...(type === "REFUNDED" && last.amount && { amount: last.amount }),
  };
}

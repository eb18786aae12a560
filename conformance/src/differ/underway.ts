import { setTimeout as sleep } from "node:timers/promises";
import type { Value } from "../cases/value.js";
import type { Refusal } from "../contract/answer.js";

/** What came of a call: messages, and how it ended. A watch that goes on has not ended. */
export interface Answer {
  readonly messages: readonly Value[];
  readonly refusal?: Refusal;
  readonly goesOn?: boolean;
}

/** A call under way. */
export interface Underway {
  /** Messages so far. */
  readonly count: number;
  readonly isOver: boolean;
  /** It has ended with a refusal. */
  readonly isRefused: boolean;
  readonly ended: Promise<unknown>;
  /** `watch`: a stream of answers, which need not end. */
  readonly kind: "single" | "conversation" | "watch";
  /** Ends what has not ended, and tells what came. */
  settle(): Answer;
}

/** A watch is quiet when so long nothing has come, and both have told the same number of messages. */
const QUIET_MS = 12;

/** Waits until both have ended, or neither has anything more to tell: one that has told more waits for the other. */
export async function untilQuiet(calls: readonly [Underway, Underway], patienceMs: number): Promise<void> {
  const [a, b] = calls;
  if (a.kind === "single") {
    await Promise.all([a.ended, b.ended]);
    return;
  }
  // Whoever has nothing more to say hears the rest of a conversation: one that is left early is carried out in part.
  const quietMs = a.kind === "watch" ? QUIET_MS : patienceMs;
  let seen = "";
  let since = performance.now();
  for (;;) {
    if (a.isOver && b.isOver) return;
    const now = `${a.count} ${b.count} ${a.isOver} ${b.isOver}`;
    if (now !== seen) [seen, since] = [now, performance.now()];
    const alike = a.count === b.count && a.isOver === b.isOver;
    if (performance.now() - since > (alike ? quietMs : patienceMs)) return;
    await sleep(3);
  }
}

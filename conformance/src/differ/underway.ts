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
  /** It has ended, or said that it goes on. */
  readonly hasBegun: boolean;
  readonly isOver: boolean;
  /** It has ended with a refusal. */
  readonly isRefused: boolean;
  readonly ended: Promise<unknown>;
  /** `watch`: a stream of answers, which need not end. */
  readonly kind: "single" | "conversation" | "watch";
  /** Ends what has not ended, and tells what came. */
  settle(): Answer;
}

/** How long calls are waited for. */
export interface Waiting {
  /** A watch is quiet when so long nothing has come, and both have told the same number of messages; in milliseconds. */
  readonly quietMs: number;
  /** So long one that has told less is waited for. */
  readonly patienceMs: number;
}

/** A watch that says nothing at all may be one that nobody has read yet: it has so many times longer. */
const SILENCE = 4;

/** Waits until both have ended, or neither has anything more to tell: one that has told more waits for the other. */
export async function untilQuiet(
  [a, b]: readonly [Underway, Underway],
  { quietMs, patienceMs }: Waiting,
): Promise<void> {
  if (a.kind === "single") {
    await Promise.all([a.ended, b.ended]);
    return;
  }
  let seen = "";
  let since = performance.now();
  for (;;) {
    if (a.isOver && b.isOver) return;
    const now = `${a.count} ${b.count} ${a.isOver} ${b.isOver} ${a.hasBegun} ${b.hasBegun}`;
    if (now !== seen) [seen, since] = [now, performance.now()];
    if (performance.now() - since > longest()) return;
    await sleep(3);
  }

  function longest(): number {
    // Whoever has nothing more to say hears the rest of a conversation: one that is left early is carried out in part.
    if (a.kind === "conversation" || a.count !== b.count || a.isOver !== b.isOver) return patienceMs;
    return a.hasBegun && b.hasBegun ? quietMs : SILENCE * quietMs;
  }
}

import { type Fields, isFields, type Value } from "../cases/value.js";
import { type PlannedCall, type Sequence, takenBy } from "./generate/planned-call.js";
import { kindOf, type PlayedCall, replay } from "./play.js";
import type { Side } from "./side.js";

/** A sequence that shows a difference, as it was played last. */
export type Showing = readonly PlayedCall[];

/** Replays are bounded: what is left then is told as it is. */
const MOST_REPLAYS = 400;

/** Leaves out calls, and then parts of them, as long as what is left shows a difference of the same kind. */
export async function shrink(showing: Showing, sides: readonly [Side, Side]): Promise<Showing> {
  const shrinking = new Shrinking(showing, sides);
  while (await shrinking.improve()) {}
  return shrinking.best;
}

class Shrinking {
  #left = MOST_REPLAYS;
  readonly #kind: string;

  constructor(
    public best: Showing,
    readonly sides: readonly [Side, Side],
  ) {
    this.#kind = kindOf(best.at(-1) as PlayedCall);
  }

  /** One round; true when it has found something less. */
  async improve(): Promise<boolean> {
    const before = this.best;
    await this.#fewerCalls();
    await this.#smallerCalls();
    return this.best !== before && this.#left > 0;
  }

  /** Half of the calls before the last at first, then fewer at a time, down to one. */
  async #fewerCalls(): Promise<void> {
    for (let size = Math.max(1, this.best.length >> 1); size >= 1; size = size >> 1) {
      for (let end = this.best.length - 1; end > 0; end -= size) {
        const calls = callsOf(this.best);
        if (end > calls.length - 1) continue;
        await this.#try(without(calls, calls.slice(Math.max(0, end - size), end)));
      }
    }
  }

  async #smallerCalls(): Promise<void> {
    for (let at = 0; at < this.best.length; at += 1) {
      for (let tried = 0; ; ) {
        const calls = callsOf(this.best);
        const smaller = [...smallerThan(calls[at] as PlannedCall)][tried];
        if (smaller === undefined) break;
        if (!(await this.#try(calls.map((call, n) => (n === at ? smaller : call))))) tried += 1;
      }
    }
  }

  async #try(sequence: Sequence): Promise<boolean> {
    if (this.#left === 0) return false;
    this.#left -= 1;
    const played = await replay(sequence, this.sides);
    const last = played.at(-1);
    if (last === undefined || kindOf(last) !== this.#kind) return false;
    this.best = played;
    return true;
  }
}

export function callsOf(showing: Showing): Sequence {
  return showing.map(({ call }) => call);
}

/** Without these, and without those that take something from them. */
function without(sequence: Sequence, dropped: Sequence): Sequence {
  const gone = new Set(dropped.map(({ id }) => `c${id}`));
  return sequence.filter((call) => {
    const takes = takenBy(call).some((name) => gone.has(name.slice(0, name.indexOf("."))));
    if (takes || dropped.includes(call)) gone.add(`c${call.id}`);
    return !gone.has(`c${call.id}`);
  });
}

/** The same call with one thing less, or simpler. */
function* smallerThan(call: PlannedCall): Iterable<PlannedCall> {
  if (call.bytes !== "") yield { ...call, bytes: "" };
  if (Object.keys(call.metadata).length > 0) yield { ...call, metadata: {} };
  const { requests } = call;
  for (const [at, request] of requests.entries()) {
    if (requests.length > 1) yield { ...call, requests: requests.filter((_, n) => n !== at) };
    for (const smaller of smallerFields(request))
      yield { ...call, requests: requests.map((each, n) => (n === at ? smaller : each)) };
  }
}

function* smallerFields(fields: Fields): Iterable<Fields> {
  for (const [key, value] of Object.entries(fields)) {
    const { [key]: _, ...others } = fields;
    yield others;
    for (const smaller of smallerValues(value)) yield { ...fields, [key]: smaller };
  }
}

function* smallerValues(value: Value): Iterable<Value> {
  if (Array.isArray(value)) {
    for (const [at, entry] of value.entries()) {
      yield value.filter((_, n) => n !== at);
      for (const smaller of smallerValues(entry as Value))
        yield value.map((each, n) => (n === at ? smaller : each));
    }
  } else if (isFields(value)) yield* smallerFields(value);
}

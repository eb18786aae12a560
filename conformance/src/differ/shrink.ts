import { type Fields, isFields, type Value } from "../cases/value.js";
import { type PlannedCall, type Sequence, takenBy } from "./generate/planned-call.js";
import { type Played, sequenceOf } from "./play.js";

/** Replays are bounded: what is left then is told as it is. */
const MOST_REPLAYS = 400;

/** Plays a sequence; settles with what it has shown where that is the difference that is looked for. */
export type Shows = (sequence: Sequence) => Promise<Played | undefined>;

/** Leaves out calls, and then parts of them, as long as what is left shows the difference. */
export async function shrink(showing: Played, shows: Shows): Promise<Played> {
  const shrinking = new Shrinking(showing, shows);
  while (await shrinking.improve()) {}
  return shrinking.best;
}

class Shrinking {
  #left = MOST_REPLAYS;

  constructor(
    public best: Played,
    readonly shows: Shows,
  ) {}

  /** One round; true when it has found something less. */
  async improve(): Promise<boolean> {
    const before = this.best;
    const { peers, calls } = this.#sequence;
    if (Object.keys(peers).length > 0) await this.#try({ peers: {}, calls });
    await this.#fewerCalls();
    await this.#smallerCalls();
    return this.best !== before && this.#left > 0;
  }

  get #sequence(): Sequence {
    return sequenceOf(this.best);
  }

  /** Half of the calls before the last at first, then fewer at a time, down to one. */
  async #fewerCalls(): Promise<void> {
    const { length } = this.#sequence.calls;
    for (let size = Math.max(1, length >> 1); size >= 1; size = size >> 1) {
      for (let end = length - 1; end > 0; end -= size) {
        const { peers, calls } = this.#sequence;
        if (end > calls.length - 1) continue;
        await this.#try({ peers, calls: without(calls, calls.slice(Math.max(0, end - size), end)) });
      }
    }
  }

  async #smallerCalls(): Promise<void> {
    for (let at = 0; at < this.#sequence.calls.length; at += 1) {
      for (let tried = 0; ; ) {
        const { peers, calls } = this.#sequence;
        const smaller = [...smallerThan(calls[at] as PlannedCall, calls.slice(0, at))][tried];
        if (smaller === undefined) break;
        if (!(await this.#try({ peers, calls: calls.map((call, n) => (n === at ? smaller : call)) })))
          tried += 1;
      }
    }
  }

  async #try(sequence: Sequence): Promise<boolean> {
    if (this.#left === 0) return false;
    this.#left -= 1;
    const played = await this.shows(sequence);
    if (played === undefined) return false;
    this.best = played;
    return true;
  }
}

/** Without these, and without those that take something from them. */
function without(calls: readonly PlannedCall[], dropped: readonly PlannedCall[]): readonly PlannedCall[] {
  const gone = new Set(dropped.map(({ id }) => `c${id}`));
  return calls.filter((call) => {
    const takes = takenBy(call).some((name) => gone.has(name.slice(0, name.indexOf("."))));
    if (takes || dropped.includes(call)) gone.add(`c${call.id}`);
    return !gone.has(`c${call.id}`);
  });
}

/** The same call with one thing less, or simpler, or with what an earlier call than before has given. */
function* smallerThan(call: PlannedCall, before: readonly PlannedCall[]): Iterable<PlannedCall> {
  const { after, ...others } = call;
  if (after !== undefined) yield others;
  if (call.bytes !== "") yield { ...call, bytes: "" };
  if (Object.keys(call.metadata).length > 0) yield { ...call, metadata: {} };
  const { requests } = call;
  for (const [at, request] of requests.entries()) {
    if (requests.length > 1) yield { ...call, requests: requests.filter((_, n) => n !== at) };
    for (const smaller of [...earlierNames(call, request, before), ...smallerFields(request)])
      yield { ...call, requests: requests.map((each, n) => (n === at ? smaller : each)) };
  }
}

function* earlierNames(call: PlannedCall, request: Fields, before: readonly PlannedCall[]): Iterable<Fields> {
  for (const name of new Set(takenBy(call))) {
    const [id = "", path = ""] = name.split(/\.(.*)/);
    for (const { id: earlier } of before) {
      if (`c${earlier}` === id) break;
      const text = JSON.stringify(request).replaceAll(`\${${name}}`, `\${c${earlier}.${path}}`);
      if (text !== JSON.stringify(request)) yield JSON.parse(text) as Fields;
    }
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

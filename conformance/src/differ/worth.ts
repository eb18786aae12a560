import type { Value } from "../cases/value.js";
import { endOf } from "./compare.js";
import { namedBy } from "./generate/planned-call.js";
import type { Played, PlayedCall } from "./play.js";

/**
 * What a sequence has shown of a service, as texts: each method with each of its ends, the rules that were broken, what
 * was set, who called, and which ends met one resource after each other. Two sequences that show the same are worth one.
 */
export function* shownBy({ peers, calls }: Played): Iterable<string> {
  const deviations = JSON.stringify(peers);
  const lastOf = new Map<string, string>();
  for (const played of calls) {
    const { call, a } = played;
    const end = `${call.method.name} ${endOf(a)}`;
    yield end;
    yield `${end} of ${call.as.replace(/\$\{c\d+\.[^}]*\}/, "whom an answer named")}`;
    for (const { field, rule } of a.refusal?.violations ?? []) yield `${end} ${field} ${rule}`;
    if (a.refusal === undefined) for (const path of pathsIn(call.requests)) yield `${end} with ${path}`;
    if (deviations !== "{}") yield `${end} beside ${deviations}`;
    if (call.bytes !== "") yield `${end} and bytes`;
    if (call.together !== undefined) yield `${end} at once`;
    if (call.after !== undefined) yield `${end} after ${call.after.verb}`;
    if (a.messages.length > 1) yield `${end} of ${Math.min(a.messages.length, 4)} messages`;
    yield* meetings(played, end, lastOf);
  }
}

/** What was answered to the call before that named the same, and to this one. */
function* meetings({ call, found }: PlayedCall, end: string, lastOf: Map<string, string>): Iterable<string> {
  const named = new Set(namedBy(call).filter((name) => /^c\d+\.|^uuid:/.test(name)));
  for (const name of named) {
    const before = lastOf.get(name);
    if (before !== undefined) yield `${before}, then ${end}`;
  }
  for (const name of [...named, ...found.map(({ path }) => `c${call.id}.${path}`)]) lastOf.set(name, end);
}

/** Paths of what is set in requests, without places in lists. */
function* pathsIn(value: Value, above = ""): Iterable<string> {
  if (Array.isArray(value)) {
    for (const entry of value) yield* pathsIn(entry as Value, above);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const path = `${above}.${name}`;
    yield typeof inner === "boolean" ? `${path} ${inner}` : path;
    yield* pathsIn(inner as Value, path);
  }
}

/** A sequence that was played, by its number. */
export interface Known {
  readonly number: number;
  readonly calls: number;
  readonly shown: ReadonlySet<string>;
}

/** What has been shown so often shows nothing new. */
const OFTEN = 3;

/**
 * Numbers of sequences: first that which shows the most for its calls (a long one goes deeper, and takes longer), then that
 * which shows the most besides, and so on. What was shown once counts half the second time, and a third the third time: an
 * implementation can be wrong for one of several values.
 */
export function byWorth(known: readonly Known[]): readonly number[] {
  const left = new Set(known);
  const times = new Map<string, number>();
  const ordered: number[] = [];
  const worth = ({ shown, calls }: Known) => {
    let sum = 0;
    for (const each of shown) {
      const before = times.get(each) ?? 0;
      if (before < OFTEN) sum += 1 / (1 + before);
    }
    return sum / Math.sqrt(calls + START);
  };
  /** As it was last counted: it only becomes less. */
  const last = new Map<Known, number>();
  while (left.size > 0) {
    let best: Known | undefined;
    let most = -1;
    for (const each of left) {
      if ((last.get(each) ?? Number.POSITIVE_INFINITY) <= most) continue;
      const value = worth(each);
      last.set(each, value);
      if (value > most) [best, most] = [each, value];
    }
    if (best === undefined) break;
    left.delete(best);
    ordered.push(best.number);
    for (const each of best.shown) times.set(each, (times.get(each) ?? 0) + 1);
  }
  return ordered;
}

/** A sequence's own cost, in calls. */
const START = 2;

import { type Fields, isFields, type Value } from "../../cases/value.js";
import type { Random } from "./random.js";

/** Another request that has much in common with this one: a list in another order, or texts that are cut elsewhere. */
export function variationOf(request: Fields, random: Random): Fields {
  const lists = [...partsOf(request)].filter(Array.isArray).filter(({ length }) => length > 1);
  if (lists.length > 0 && random.chance(0.7)) {
    const list = random.pick(lists);
    return withOthers(request, new Map([[list, rearranged(list, random)]]));
  }
  return cutElsewhere(request, random);
}

function* partsOf(value: Value): Iterable<Value> {
  yield value;
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) yield* partsOf(inner);
}

function rearranged(list: readonly Value[], random: Random): readonly Value[] {
  const at = random.below(list.length);
  switch (random.below(4)) {
    case 0:
      return list.toSpliced(at, 1);
    case 1:
      return list.toSpliced(at, 0, list[at] ?? null);
    default:
      return [...list.slice(1), ...list.slice(0, 1)];
  }
}

interface Text {
  readonly owner: Fields;
  readonly name: string;
  readonly text: string;
}

/** The first character of a text moves to the end of the one before it: one after the other they read the same. */
function cutElsewhere(request: Fields, random: Random): Fields {
  const texts: readonly Text[] = [...partsOf(request)]
    .filter(isFields)
    .flatMap((owner) =>
      Object.entries(owner).flatMap(([name, text]) =>
        typeof text === "string" ? [{ owner, name, text }] : [],
      ),
    );
  const neighbours = texts.slice(1).map((after, n) => ({ before: texts[n] as Text, after }));
  // The first character of a variable is not known.
  const movable = neighbours.filter(({ after }) => /^[^$]/.test(after.text));
  if (movable.length === 0) return request;
  const { before, after } = random.pick(movable);
  const [first = "", ...rest] = after.text;
  const others = new Map<Value, Fields>([
    [before.owner, { ...before.owner, [before.name]: before.text + first }],
  ]);
  others.set(after.owner, { ...(others.get(after.owner) ?? after.owner), [after.name]: rest.join("") });
  return withOthers(request, others);
}

/** A copy with others in the places of parts. */
function withOthers<T extends Value>(whole: T, others: ReadonlyMap<Value, Value>): T {
  const part = others.get(whole) ?? whole;
  if (Array.isArray(part)) return part.map((each: Value) => withOthers(each, others)) as unknown as T;
  if (!isFields(part)) return part as T;
  return Object.fromEntries(
    Object.entries(part).map(([name, each]) => [name, withOthers(each, others)]),
  ) as T;
}

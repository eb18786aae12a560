import type { DescMessage } from "@bufbuild/protobuf";
import { isFields, type Value } from "../cases/value.js";
import { endOf } from "./compare.js";
import { FieldBehavior, has, isOpaque, resourceTypeOf } from "./generate/field-role.js";
import { type PlannedCall, type Sequence, turnsOf } from "./generate/planned-call.js";
import { type Played, type PlayedCall, replay } from "./play.js";
import type { Side } from "./side.js";

/** So often calls are made at once, since what they meet is chance. */
const TRIES = 6;

/** True for a sequence in which calls are made at once. */
export function hasCallsTogether({ calls }: Sequence): boolean {
  return calls.some(({ together }) => together !== undefined);
}

/** The same calls one after the other, in every order that those at once can have had. */
export function serialOrders({ peers, calls }: Sequence): readonly Sequence[] {
  const turns = turnsOf(calls).map((turn) => ordersOf(turn.map(({ together: _, ...alone }) => alone)));
  const all = turns.reduce<readonly PlannedCall[][]>(
    (before, orders) => before.flatMap((calls) => orders.map((order) => [...calls, ...order])),
    [[]],
  );
  return all.map((calls) => ({ peers, calls }));
}

function ordersOf(calls: readonly PlannedCall[]): readonly PlannedCall[][] {
  if (calls.length < 2) return [[...calls]];
  return calls.flatMap((first) =>
    ordersOf(calls.filter((each) => each !== first)).map((others) => [first, ...others]),
  );
}

/**
 * What the second side answers to calls at once though the first, asked one after the other in whichever order, never does.
 * Undefined too where the first itself answers calls at once as in no order: then the contract asks for none.
 */
export async function findDisorder(
  sequence: Sequence,
  sides: readonly [Side, Side],
): Promise<Played | undefined> {
  const orderly = new Set<string>();
  for (const order of serialOrders(sequence)) {
    const played = await replay(order, sides, { compares: false });
    // An order whose answers are not known may explain anything.
    if (played.ranOut) return undefined;
    orderly.add(outlineOf(played, "a"));
  }
  let found: Played | undefined;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const played = await replay(sequence, sides, { compares: false });
    if (played.ranOut) continue;
    const [ofA, ofB] = [outlineOf(played, "a"), outlineOf(played, "b")];
    if (!orderly.has(ofA)) return undefined;
    if (!orderly.has(ofB)) found = withDifference(played, [...orderly], ofB);
  }
  return found;
}

function withDifference(played: Played, orderly: readonly string[], b: string): Played {
  const last = played.calls.at(-1) as PlayedCall;
  const difference = { path: "together", a: orderly, b };
  return { ...played, calls: [...played.calls.slice(0, -1), { ...last, difference }] };
}

/** What was answered, without what differs from run to run. */
function outlineOf({ run, calls }: Played, side: "a" | "b"): string {
  const names = new Map<string, string>();
  const inOrder = [...calls].sort((one, other) => one.call.id - other.call.id);
  const lines = inOrder.map((played) => {
    const { messages, refusal, ...end } = played[side];
    const told = messages.map((message) => outlined(played.call.method.output, message, { run, names }));
    const { metadata = {}, violations = [] } = refusal ?? {};
    return [
      played.call.id,
      endOf({ messages, ...end, ...(refusal && { refusal }) }),
      told,
      // Neither has an order: Go's maps tell theirs as it comes.
      Object.entries(metadata).sort(byText),
      [...violations].sort(byText),
    ];
  });
  let text = JSON.stringify(lines).replaceAll(run, "run");
  for (const [name, stands] of names) {
    text = text.replaceAll(name, stands);
    text = text.replaceAll(name.slice(name.lastIndexOf("/") + 1), stands);
  }
  return text;
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

interface Outlining {
  readonly run: string;
  /** What stands for names that an implementation has chosen. */
  readonly names: Map<string, string>;
}

function outlined(message: DescMessage, value: Value, outlining: Outlining): Value {
  if (message.typeName === "google.protobuf.Timestamp") return "time";
  if (!isFields(value) || message.typeName.startsWith("google.protobuf.")) return value;
  const entries = message.fields.flatMap((field) => {
    const inner = value[field.name];
    if (inner === undefined) return [];
    if (isOpaque(field)) return [];
    const type = resourceTypeOf(field);
    if (type !== undefined && typeof inner === "string") note(inner, outlining);
    const nested = field.fieldKind === "map" ? undefined : field.message;
    if (nested === undefined) return [[field.name, inner] as const];
    if (!Array.isArray(inner)) return [[field.name, outlined(nested, inner, outlining)] as const];
    const own = inner.filter((entry) => isOwn(nested, entry as Value, outlining));
    return [[field.name, own.map((entry) => outlined(nested, entry as Value, outlining))] as const];
  });
  return Object.fromEntries(entries);
}

function note(name: string, { run, names }: Outlining): void {
  if (name !== "" && !name.includes(run) && !names.has(name)) names.set(name, `name ${names.size}`);
}

/** Of lists of resources only those count that the sequence has met. */
function isOwn(message: DescMessage, entry: Value, { run, names }: Outlining): boolean {
  const identifier = message.fields.find((field) => has(field, FieldBehavior.IDENTIFIER));
  if (identifier === undefined || !isFields(entry)) return true;
  const name = String(entry[identifier.name] ?? "");
  return name.includes(run) || names.has(name);
}

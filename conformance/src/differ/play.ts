import { randomBytes } from "node:crypto";
import type { DescMethod } from "@bufbuild/protobuf";
import { isServerStream } from "@theseus/kit/contract";
import { Scope } from "../expectations/scope.js";
import { compareAnswers, type Difference } from "./compare.js";
import { type Found, foundIn } from "./generate/earlier-answers.js";
import { resourceTypeOf } from "./generate/field-role.js";
import { type PlannedCall, type Sequence, variableOf } from "./generate/planned-call.js";
import { type Answer, type Side, UnmakeableCall, untilQuiet } from "./side.js";

/** A call that both sides have answered. */
export interface PlayedCall {
  readonly call: PlannedCall;
  readonly a: Answer;
  readonly b: Answer;
  /** Absent where both have answered the same. */
  readonly difference?: Difference;
  /** What both have given for later requests. */
  readonly found: readonly Found[];
}

/** One sequence on two sides: its names are new, so that it meets nothing that others have made. */
export class Play {
  readonly #run = randomBytes(5).toString("hex");
  readonly #met = new Set<string>();
  #turn = 0;

  constructor(readonly sides: readonly [Side, Side]) {
    for (const side of sides) side.scope = new Scope(this.#run);
  }

  /** Makes the next call on both sides at once, and compares. */
  async make(call: PlannedCall): Promise<PlayedCall> {
    const [first, second] = this.sides;
    const underway = [first.start(call, this.#turn), second.start(call, this.#turn)] as const;
    this.#turn += 1;
    await untilQuiet(underway);
    const [a, b] = [underway[0].settle(), underway[1].settle()];
    const difference = compareAnswers(call.method, a, b, first.pairs);
    const found = difference === undefined ? this.#bind(call, a, b) : [];
    return { call, a, b, found, ...(difference && { difference }) };
  }

  #bind({ id, method }: PlannedCall, a: Answer, b: Answer): readonly Found[] {
    const [ofA, ofB] = [a, b].map(({ messages }) =>
      messages.flatMap((message, index) => [
        ...foundIn(method.output, message, index === 0 ? "" : `m${index}.`),
      ]),
    ) as [Found[], Found[]];
    for (const { path, value } of ofA) this.sides[0].scope.bind(variableOf(id, path), value);
    for (const { path, value } of ofB) this.sides[1].scope.bind(variableOf(id, path), value);
    return ofA.filter((found) => this.#isOwn(found, method));
  }

  /** A resource that others have made is not there on the next store: one in a list counts once this sequence has met it. */
  #isOwn({ field, path, value }: Found, method: DescMethod): boolean {
    if (resourceTypeOf(field) === undefined || value.includes(this.#run)) return true;
    const isListed = path.includes("[") || isServerStream(method);
    if (!isListed) this.#met.add(value);
    return this.#met.has(value);
  }
}

/** Plays a whole sequence, up to the first difference; calls that take what no answer has given are left out. */
export async function replay(
  sequence: Sequence,
  sides: readonly [Side, Side],
): Promise<readonly PlayedCall[]> {
  const play = new Play(sides);
  const played: PlayedCall[] = [];
  for (const call of sequence) {
    const made = await makeIfPossible(play, call);
    if (made === undefined) continue;
    played.push(made);
    if (made.difference !== undefined) break;
  }
  return played;
}

/** Undefined when the call cannot be made. */
export async function makeIfPossible(play: Play, call: PlannedCall): Promise<PlayedCall | undefined> {
  try {
    return await play.make(call);
  } catch (error) {
    if (error instanceof UnmakeableCall) return undefined;
    throw error;
  }
}

/** What kind a difference is: two sequences with one kind are taken for two sights of the same. */
export function kindOf({ call, difference }: PlayedCall): string {
  if (difference === undefined) return "";
  const { path, a, b } = difference;
  const values = path === "status" ? ` ${String(a)} | ${String(b)}` : "";
  return `${call.method.name} ${path.replace(/\[\d+\]/g, "[]")}${values}`;
}

import { randomBytes } from "node:crypto";
import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { isServerStream } from "@theseus/kit/contract";
import type { Peers } from "../cases/case.js";
import type { Value } from "../cases/value.js";
import type { Scope } from "../expectations/scope.js";
import { alignedTo, compareAnswers, type Difference } from "./compare.js";
import { type Found, foundIn } from "./generate/earlier-answers.js";
import { resourceTypeOf } from "./generate/field-role.js";
import { type PlannedCall, type Sequence, turnsOf, variableOf } from "./generate/planned-call.js";
import { NAMES } from "./pairs.js";
import { type Player, UnmakeableCall } from "./player.js";
import { hasRunOut } from "./run-out.js";
import { type Answer, type Underway, untilQuiet } from "./underway.js";

/** A call that both sides have answered. */
export interface PlayedCall {
  readonly call: PlannedCall;
  readonly a: Answer;
  readonly b: Answer;
  /** When both had answered, in milliseconds since 1970. */
  readonly answeredMs: number;
  /** Absent where both have answered the same. */
  readonly difference?: Difference;
  /** What both have given for later requests. */
  readonly found: readonly Found[];
  /** Of a stream that stayed open: how many messages the first had told after each turn from its own on. */
  readonly told?: readonly number[];
}

/** A sequence as it was played; the last call has the difference, where there is one. */
export interface Played {
  /** Ends the names that are its own. */
  readonly run: string;
  readonly peers: Peers;
  readonly calls: readonly PlayedCall[];
  /** The streams that stayed open, to their end. */
  readonly stayed: readonly PlayedCall[];
  /** Of the first side. */
  readonly scope: Scope;
  /** In milliseconds since 1970. */
  readonly beganMs: number;
  /** A time that an answer had told as still ahead has come before the last answer. */
  readonly ranOut: boolean;
}

interface OpenStream {
  readonly call: PlannedCall;
  readonly underway: readonly [Underway, Underway];
  readonly told: number[];
}

export interface PlayOptions {
  /** False where both are only looked at. */
  readonly compares?: boolean;
  /** That of the recording, where a side was recorded. */
  readonly run?: string;
}

/** One sequence on two sides: its names are new, so that it meets nothing that others have made. */
export class Play {
  readonly beganMs = Date.now();
  readonly #met = new Set<string>();
  readonly #open: OpenStream[] = [];
  #turn = 0;

  private constructor(
    readonly sides: readonly [Player, Player],
    readonly compares: boolean,
    /** Ends the names that are this sequence's own. */
    readonly run: string,
  ) {}

  static async begin(
    sides: readonly [Player, Player],
    peers: Peers,
    { compares = true, run = randomBytes(5).toString("hex") }: PlayOptions = {},
  ): Promise<Play> {
    const play = new Play(sides, compares, run);
    for (const side of sides) await side.begin(play.run, peers);
    const [a, b] = sides;
    const variables = new Set(Object.values(a.scene.names).flat());
    for (const name of variables) a.pairs.match(NAMES, ...valuesOf(`\${${name}}`, [a, b]));
    return play;
  }

  /**
   * Makes calls on both sides at once, and compares; more than one are made beside each other. Those that cannot be made
   * are left out.
   */
  async make(calls: readonly PlannedCall[]): Promise<readonly PlayedCall[]> {
    for (const { after } of calls) if (after !== undefined) await this.#happen(after);
    const made = calls.flatMap((call) => this.#start(call) ?? []);
    this.#turn += 1;
    await this.#untilQuiet(made);
    // What only reads, or is refused, is nothing that a watch would tell.
    if (made.some(hasWritten)) await this.#untilQuiet(this.#open);
    for (const { underway, told } of this.#open) told.push(underway[0].count);
    return made.map((each) => this.#settle(each));
  }

  async #happen(step: NonNullable<PlannedCall["after"]>): Promise<void> {
    try {
      for (const side of this.sides) await side.happen(step);
    } catch (error) {
      if (!(error instanceof UnmakeableCall)) throw error;
    }
  }

  /** Reads the streams that have stayed open to their end. */
  async end(): Promise<readonly PlayedCall[]> {
    for (const side of this.sides) side.end();
    await this.#untilQuiet(this.#open);
    return this.#open
      .splice(0)
      .map(({ call, underway, told }) => ({ ...this.#compared(call, underway), told }));
  }

  async #untilQuiet(calls: readonly OpenStream[]): Promise<void> {
    await Promise.all(calls.map(({ underway }) => untilQuiet(underway, this.sides[0].waiting)));
  }

  #start(call: PlannedCall): OpenStream | undefined {
    const [first, second] = this.sides;
    try {
      const made = [first.prepare(call, this.#turn), second.prepare(call, this.#turn)] as const;
      return { call, underway: [made[0](), made[1]()], told: [] };
    } catch (error) {
      if (error instanceof UnmakeableCall) return undefined;
      throw error;
    }
  }

  #settle(open: OpenStream): PlayedCall {
    const { call, underway } = open;
    const goesOn = underway.every(({ isOver }) => !isOver);
    if (call.staysOpen !== true || !goesOn) return this.#compared(call, underway);
    this.#open.push(open);
    open.told.push(underway[0].count);
    const nothing = { messages: [], goesOn: true };
    return { call, a: nothing, b: nothing, answeredMs: Date.now(), found: [] };
  }

  #compared(call: PlannedCall, underway: readonly [Underway, Underway]): PlayedCall {
    const [a, b] = [underway[0].settle(), underway[1].settle()];
    const { pairs, earlierMs } = this.sides[0];
    const comparing = { pairs, earlierMs, isOwn: (entry: Value) => this.#isAboutOwn(entry) };
    const difference = this.compares ? compareAnswers(call, a, b, comparing) : undefined;
    const found = difference === undefined ? this.#bind(call, a, b) : [];
    return { call, a, b, answeredMs: Date.now(), found, ...(difference && { difference }) };
  }

  /** What is in the same place on both sides, where the entries of lists are in the order of the first. */
  #bind({ id, method }: PlannedCall, a: Answer, b: Answer): readonly Found[] {
    const [first, second] = this.sides;
    const found = a.messages.flatMap((message, index) => {
      const above = index === 0 ? "" : `m${index}.`;
      const other = alignedTo(method.output, [message, b.messages[index] ?? null], first.pairs);
      const others = new Map(
        [...foundIn(method.output, other, above)].map(({ path, value }) => [path, value]),
      );
      return [...foundIn(method.output, message, above)].flatMap((each) => {
        const partner = others.get(each.path);
        return partner === undefined ? [] : [{ ...each, partner, isOwn: this.#isOwn(each, message, method) }];
      });
    });
    for (const { path, value, partner } of found) {
      first.scope.bind(variableOf(id, path), value);
      second.scope.bind(variableOf(id, path), partner);
    }
    return found.filter(({ isOwn }) => isOwn);
  }

  /** True for what has a name of this sequence, or one that it has met. */
  #isAboutOwn(entry: Value): boolean {
    const text = JSON.stringify(entry);
    return text.includes(this.run) || [...this.#met].some((name) => text.includes(name));
  }

  /** What others have made is not there on the next store: one in a list counts where it says whose it is. */
  #isOwn({ field, path, value }: Found, message: Value, method: DescMethod): boolean {
    if (value.includes(this.run)) return true;
    const [, list = "", index = ""] = /^(?:m\d+\.)?(\w+)\[(\d+)\]/.exec(path) ?? [];
    const isListed = list !== "" || isServerStream(method);
    const entry = list === "" ? message : (message as Record<string, Value[]>)[list]?.[Number(index)];
    const isOwn = !isListed || JSON.stringify(entry ?? null).includes(this.run);
    if (isOwn && resourceTypeOf(field) !== undefined) {
      this.#met.add(value);
      this.#met.add(this.sides[0].pairs.partner(NAMES, value));
    }
    return isOwn || this.#met.has(value);
  }
}

function hasWritten({ call, underway }: OpenStream): boolean {
  const writes = call.method.idempotency !== Idempotency.NO_SIDE_EFFECTS;
  return writes && !underway.every(({ isRefused }) => isRefused);
}

function valuesOf(text: string, [a, b]: readonly [Player, Player]): [string, string] {
  return [String(a.scope.fill(text)), String(b.scope.fill(text))];
}

/** Plays a whole sequence, up to the first difference; calls that take what no answer has given are left out. */
export async function replay(
  { peers, calls }: Sequence,
  sides: readonly [Player, Player],
  options: PlayOptions = {},
): Promise<Played> {
  const play = await Play.begin(sides, peers, options);
  const played: PlayedCall[] = [];
  for (const turn of turnsOf(calls)) {
    played.push(...(await play.make(turn)));
    if (played.some(isDifferent)) break;
  }
  return toPlayed(play, peers, played);
}

/** Ends what has stayed open; where calls differ, the first that does is the last. */
export async function toPlayed(play: Play, peers: Peers, calls: readonly PlayedCall[]): Promise<Played> {
  const stayed = await play.end();
  const differing = calls.find(isDifferent) ?? stayed.find(isDifferent);
  const others = calls.filter((each) => !isDifferent(each));
  const { run, beganMs } = play;
  const { scope, earlierMs } = play.sides[0];
  return {
    ...{ run, peers, stayed, scope, beganMs, ranOut: ranOut(calls, earlierMs) },
    calls: differing === undefined ? others : [...others, differing],
  };
}

/** The first side's answers are from `earlierMs` before. */
function ranOut(calls: readonly PlayedCall[], earlierMs: number): boolean {
  const endMs = calls.at(-1)?.answeredMs ?? 0;
  const toldBy = (side: "a" | "b", earlier: number) =>
    calls.map(({ call, answeredMs, ...played }) => ({
      ...{ output: call.method.output, answer: played[side], atMs: answeredMs - earlier },
    }));
  return hasRunOut(toldBy("a", earlierMs), endMs - earlierMs) || hasRunOut(toldBy("b", 0), endMs);
}

export function isDifferent({ difference }: PlayedCall): boolean {
  return difference !== undefined;
}

/** The difference that a played sequence shows, at its last call. */
export function differenceOf({ calls }: Played): Difference | undefined {
  return calls.at(-1)?.difference;
}

/** As data again: a stream that was read to its end comes twice among the played calls. */
export function sequenceOf({ peers, calls }: Played): Sequence {
  const ids = new Map(calls.map(({ call }) => [call.id, call]));
  return { peers, calls: [...ids.values()] };
}

/** What kind a difference is: two sequences with one kind are taken for two sights of the same. */
export function kindOf(played: Played): string {
  const last = played.calls.at(-1);
  if (last?.difference === undefined) return "";
  const { path, a, b } = last.difference;
  const values = path === "status" ? ` ${String(a)} | ${String(b)}` : "";
  return `${last.call.method.name} ${path.replace(/\[\d+\]/g, "[]")}${values}`;
}

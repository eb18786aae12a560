import { createHash } from "node:crypto";
import type { Contract } from "@theseus/kit/contract";
import type { Scene } from "../run/scene.js";
import { EarlierAnswers } from "./generate/earlier-answers.js";
import { FieldValues } from "./generate/field-values.js";
import type { Sequence } from "./generate/planned-call.js";
import { Random } from "./generate/random.js";
import { SequenceMaker } from "./generate/sequence-maker.js";
import {
  differenceOf,
  isDifferent,
  kindOf,
  Play,
  type Played,
  type PlayedCall,
  replay,
  sequenceOf,
  toPlayed,
} from "./play.js";
import { findDisorder, hasCallsTogether, serialOrders } from "./serial-orders.js";
import type { Side } from "./side.js";

/** Two implementations that run, each on a store of its own. */
export interface OpenSides extends AsyncDisposable {
  readonly sides: readonly [Side, Side];
}

export interface SearchOptions {
  readonly contract: Contract;
  /** Full name of the service. */
  readonly service: string;
  /** What the contract's fields can have, where several searches share it. */
  readonly values?: FieldValues;
  /** What calls can meet around it. */
  readonly scene?: Scene;
  /** Called again after each difference: from there on the two stores are no longer alike. */
  open(): Promise<OpenSides>;
  readonly seed: number;
  /** Numbers of the sequences to play; searches side by side share them. */
  readonly numbers: Iterator<number, unknown>;
  /** True where no call comes with strange bytes or metadata. */
  readonly wellFormed: boolean;
  /** Told each sequence with its number. */
  onPlayed?(played: Played, number: number): void;
  /** Asked before each sequence. */
  isOver(done: Done): boolean;
}

/** How much has been done. */
export interface Done {
  readonly sequences: number;
  readonly calls: number;
}

/** Plays one generated sequence after the other on two sides. */
export class Search implements AsyncDisposable {
  readonly #random = new Random(0);
  readonly #maker: SequenceMaker;
  #open: OpenSides | undefined;
  #sequence = 0;
  #sequences = 0;
  #calls = 0;

  constructor(readonly options: SearchOptions) {
    const { contract, service, wellFormed, scene, values = new FieldValues(contract) } = options;
    const methods = [...contract.methods.values()].filter(({ parent }) => parent.typeName === service);
    const random = this.#random;
    this.#maker = new SequenceMaker({ values, methods, wellFormed, random, ...(scene && { scene }) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open?.[Symbol.asyncDispose]();
  }

  get done(): Done {
    return { sequences: this.#sequences, calls: this.#calls };
  }

  /** Number of the sequence that was played last. */
  get sequence(): number {
    return this.#sequence;
  }

  async sides(): Promise<readonly [Side, Side]> {
    this.#open ??= await this.options.open();
    return this.#open.sides;
  }

  /** Goes on with new stores. */
  async anew(): Promise<readonly [Side, Side]> {
    await this.#open?.[Symbol.asyncDispose]();
    this.#open = undefined;
    return this.sides();
  }

  /** The next sequence that both do not answer alike; undefined when it is over before. */
  async next(): Promise<Played | undefined> {
    while (!this.options.isOver(this.done)) {
      const { done, value } = this.options.numbers.next();
      if (done === true) return undefined;
      this.#sequence = value;
      this.#sequences += 1;
      const played = await this.#play(value);
      this.options.onPlayed?.(played, this.sequence);
      if (differenceOf(played) === undefined) continue;
      const shown = hasCallsTogether(sequenceOf(played)) ? await this.#outOfOrder(played) : played;
      if (shown !== undefined) return shown;
      await this.anew();
    }
    return undefined;
  }

  /** Plays a sequence, and tells what it shows where that is of the kind, and no matter of when the calls were made. */
  async shows(sequence: Sequence, kind: string): Promise<Played | undefined> {
    const sides = await this.sides();
    const isOfOrder = hasCallsTogether(sequence);
    const played = isOfOrder ? await findDisorder(sequence, sides) : await replay(sequence, sides);
    return played !== undefined && !played.ranOut && kindOf(played) === kind ? played : undefined;
  }

  /** Each sequence has its own choices, so that it can be made again without those before it. */
  async #play(sequence: number): Promise<Played> {
    this.#random.restart(seedOf(this.options.seed, sequence));
    const peers = this.#maker.begin();
    const sides = await this.sides();
    const play = await Play.begin(sides, peers);
    const earlier = new EarlierAnswers(sides[0].scope, this.options.scene);
    const played: PlayedCall[] = [];
    for (let id = 1; !this.#maker.isOver(id) && !played.some(isDifferent); ) {
      const turn = this.#maker.turn(
        id,
        played.map(({ call }) => call),
        earlier,
      );
      id += turn.length;
      const made = await play.make(turn);
      this.#calls += made.length;
      played.push(...made);
      for (const { call, found, a } of made) {
        earlier.add(call.id, call.method, found);
        earlier.addEnd(call, a.refusal);
      }
    }
    return toPlayed(play, peers, played);
  }

  /** Calls that were made at once may be answered in any order: a difference is what none of them explains. */
  async #outOfOrder(played: Played): Promise<Played | undefined> {
    const sequence = sequenceOf(played);
    for (const order of serialOrders(sequence)) {
      const inOrder = await replay(order, await this.anew());
      if (differenceOf(inOrder) !== undefined) return inOrder;
    }
    return findDisorder(sequence, await this.sides());
  }
}

/** All from one on: how an earlier run is taken up again. */
export function* numbersFrom(first: number): Generator<number> {
  for (let number = first; ; number += 1) yield number;
}

function seedOf(seed: number, sequence: number): number {
  return createHash("sha256").update(`${seed} ${sequence}`).digest().readUInt32LE(0);
}

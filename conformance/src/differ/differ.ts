import { createHash } from "node:crypto";
import type { Contract } from "@theseus/kit/contract";
import { toCaseText } from "./case-text.js";
import { EarlierAnswers } from "./generate/earlier-answers.js";
import { Random } from "./generate/random.js";
import { SequenceMaker } from "./generate/sequence-maker.js";
import { kindOf, makeIfPossible, Play, type PlayedCall, replay } from "./play.js";
import { callsOf, type Showing, shrink } from "./shrink.js";
import type { Side } from "./side.js";

/** Two implementations that run, each on a store of its own. */
export interface OpenSides extends AsyncDisposable {
  readonly sides: readonly [Side, Side];
}

export interface DifferOptions {
  readonly contract: Contract;
  /** Full name of the service. */
  readonly service: string;
  /** Called again after each difference: from there on the two stores are no longer alike. */
  open(): Promise<OpenSides>;
  readonly seed: number;
  /** Number of the first sequence: how an earlier run is taken up again. */
  readonly first: number;
  /** True where no call comes with strange bytes or metadata. */
  readonly wellFormed: boolean;
  /** Asked before each sequence. */
  isOver(calls: number): boolean;
  onFound(found: FoundDifference): void;
}

export interface FoundDifference {
  readonly kind: string;
  /** The sequence, shrunk, as a case. */
  readonly text: string;
  /** False when it was seen once and never again. */
  readonly repeats: boolean;
}

export interface DifferResult {
  readonly sequences: number;
  readonly calls: number;
  readonly found: readonly FoundDifference[];
}

const LONGEST = 14;

/** Sends generated sequences of calls to both, until it is over or there is too much to tell. */
export async function findDifferences(options: DifferOptions): Promise<DifferResult> {
  const run = new Run(options);
  await using _ = run;
  return await run.all();
}

class Run implements AsyncDisposable {
  readonly #random = new Random(0);
  readonly #maker: SequenceMaker;
  readonly #found = new Map<string, FoundDifference>();
  #open: OpenSides | undefined;
  #calls = 0;

  constructor(readonly options: DifferOptions) {
    const { contract, service, wellFormed } = options;
    const methods = [...contract.methods.values()].filter(({ parent }) => parent.typeName === service);
    this.#maker = new SequenceMaker(contract, { methods, wellFormed, random: this.#random });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open?.[Symbol.asyncDispose]();
  }

  async all(): Promise<DifferResult> {
    const { first, isOver } = this.options;
    let sequence = first;
    for (; !isOver(this.#calls); sequence += 1) {
      const showing = await this.#play(sequence);
      if (showing.at(-1)?.difference !== undefined) await this.#tell(sequence, showing);
    }
    return { sequences: sequence - first, calls: this.#calls, found: [...this.#found.values()] };
  }

  async #sides(): Promise<readonly [Side, Side]> {
    this.#open ??= await this.options.open();
    return this.#open.sides;
  }

  async #anew(): Promise<readonly [Side, Side]> {
    await this.#open?.[Symbol.asyncDispose]();
    this.#open = undefined;
    return this.#sides();
  }

  /** Each sequence has its own choices, so that it can be made again without those before it. */
  async #play(sequence: number): Promise<Showing> {
    this.#random.restart(seedOf(this.options.seed, sequence));
    const play = new Play(await this.#sides());
    const earlier = new EarlierAnswers();
    const played: PlayedCall[] = [];
    const length = 1 + this.#random.below(LONGEST);
    for (let id = 1; id <= length; id += 1) {
      const call = this.#maker.next(id, callsOf(played), earlier);
      const made = await makeIfPossible(play, call);
      if (made === undefined) continue;
      this.#calls += 1;
      played.push(made);
      if (made.difference !== undefined) break;
      earlier.add(id, call.method, made.found);
    }
    return played;
  }

  async #tell(sequence: number, showing: Showing): Promise<void> {
    const kind = kindOf(showing.at(-1) as PlayedCall);
    if (this.#found.has(kind)) {
      await this.#anew();
      return;
    }
    const shrunk = await this.#shrunk(showing, kind);
    const [a, b] = await this.#sides();
    const found = {
      kind,
      text: toCaseText(shrunk.showing, {
        name: `${shortName(this.options.service)}/found/${this.options.seed}-${sequence}`,
        labels: [a.label, b.label],
        scope: shrunk.scope,
      }),
      repeats: shrunk.repeats,
    };
    this.#found.set(kind, found);
    this.options.onFound(found);
    await this.#anew();
  }

  /** Played again on new stores, shrunk there, and what is left once more: only what shows it on a new store is told. */
  async #shrunk(showing: Showing, kind: string) {
    const scope = (await this.#sides())[0].scope;
    const again = await this.#showsAnew(showing, kind);
    if (again === undefined) return { showing, scope, repeats: false };
    const small = await shrink(again, await this.#sides());
    const smallAgain = await this.#showsAnew(small, kind);
    if (smallAgain !== undefined)
      return { showing: smallAgain, scope: (await this.#sides())[0].scope, repeats: true };
    return { showing: again, scope, repeats: true };
  }

  async #showsAnew(showing: Showing, kind: string): Promise<Showing | undefined> {
    const played = await replay(callsOf(showing), await this.#anew());
    const last = played.at(-1);
    return last !== undefined && kindOf(last) === kind ? played : undefined;
  }
}

function seedOf(seed: number, sequence: number): number {
  return createHash("sha256").update(`${seed} ${sequence}`).digest().readUInt32LE(0);
}

/** `orders` of `theseus.orders.v1.OrderService`, else the service's own name in small letters. */
function shortName(service: string): string {
  const parts = service.split(".");
  return (parts.at(-3) ?? parts.at(-1) ?? "service").toLowerCase();
}

import type { Case } from "../cases/case.js";
import type { CaseResult } from "../report/case-result.js";

/** In which order cases are tried: those that killed lately first, then quick ones. */
export class CaseOrder {
  readonly #ms: ReadonlyMap<string, number>;
  readonly #cases: readonly Case[];
  /** When each case killed last, by number of kills before. */
  readonly #kills = new Map<string, number>();
  #count = 0;

  /** Of the cases that the right implementation passes. */
  constructor(right: readonly CaseResult[]) {
    const passed = right.filter(({ outcome }) => outcome === "passed");
    this.#cases = passed.map(({ test }) => test);
    this.#ms = new Map(passed.map(({ test, ms }) => [test.name, ms]));
  }

  killed({ name }: Case): void {
    this.#count += 1;
    this.#kills.set(name, this.#count);
  }

  next(): readonly Case[] {
    const last = ({ name }: Case) => this.#kills.get(name) ?? 0;
    const ms = ({ name }: Case) => this.#ms.get(name) ?? 0;
    return [...this.#cases].sort((a, b) => last(b) - last(a) || ms(a) - ms(b));
  }
}

import type { Case } from "../cases/case.js";
import type { CaseResult } from "../report/case-result.js";

/** In which order cases are tried: those that killed lately first, then quick ones. */
export class CaseOrder {
  readonly #cases: readonly Case[];
  /** How long a case took when it passed last. */
  readonly #ms = new Map<string, number>();
  /** When each case killed last, by number of kills before. */
  readonly #kills = new Map<string, number>();
  #count = 0;

  constructor(cases: readonly Case[]) {
    this.#cases = cases;
  }

  ran({ test, outcome, ms }: CaseResult): void {
    if (outcome === "passed") this.#ms.set(test.name, ms);
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

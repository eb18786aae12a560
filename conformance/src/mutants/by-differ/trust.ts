import type { FirstDifference } from "../../differ/differ.js";
import { firstDifference, type Trial } from "./trial.js";

/** So often a sequence is played on two of the right implementation before it counts. */
const PROBES = 3;

/**
 * Which sequences have killed, and which tell two of the right implementation apart as well: those that end when a clock
 * says so. Each that kills is looked at before it counts, and again when it has killed twice as many.
 */
export class Trust {
  readonly #kills = new Map<number, number>();
  readonly #unsteady = new Set<number>();

  /** `trial`: of the right implementation. */
  constructor(readonly trial: Trial) {}

  /** Those that have killed most come first: what tells one mistake tells others. */
  inOrder(worth: readonly number[]): readonly number[] {
    const of = (sequence: number) => this.#kills.get(sequence) ?? 0;
    return worth.filter((each) => !this.#unsteady.has(each)).toSorted((a, b) => of(b) - of(a));
  }

  async firstTrusted(trial: Trial): Promise<FirstDifference | undefined> {
    for (let left = trial; ; ) {
      const found = await firstDifference(left);
      if (found === undefined) return undefined;
      if (await this.#isSteady(found.sequence)) {
        this.#kills.set(found.sequence, (this.#kills.get(found.sequence) ?? 0) + 1);
        return found;
      }
      const { before = [] } = left;
      const at = before.indexOf(found.sequence);
      const rest = at < 0 ? { before: [], first: found.sequence + 1 } : { before: before.slice(at + 1) };
      left = { ...left, ...rest };
    }
  }

  async #isSteady(sequence: number): Promise<boolean> {
    if (this.#unsteady.has(sequence)) return false;
    const kills = this.#kills.get(sequence) ?? 0;
    // 0, 1, 2, 4, 8, …
    if ((kills & (kills - 1)) !== 0) return true;
    const before = Array.from({ length: PROBES }, () => sequence);
    const found = await firstDifference({ ...this.trial, before, most: PROBES });
    if (found === undefined) return true;
    this.#unsteady.add(sequence);
    return false;
  }
}

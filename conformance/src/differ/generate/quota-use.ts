import { quotasOf } from "@theseus/kit/contract";
import type { EarlierAnswers } from "./earlier-answers.js";
import { again, type PlannedCall } from "./planned-call.js";
import type { Random } from "./random.js";

/** The most calls that a quota is used up by; one that counts more may count something else than calls. */
const MOST_CALLS = 70;

/** One call made again and again until a quota is used up. */
export class QuotaUse {
  #call: PlannedCall | undefined;
  #left = 0;
  /** Who has used one up; undefined before. */
  user: string | undefined;

  constructor(readonly random: Random) {}

  begin(): void {
    this.#call = undefined;
    this.user = undefined;
  }

  get isUnderWay(): boolean {
    return this.#call !== undefined;
  }

  /** The call that is made once more. */
  next(last: PlannedCall | undefined, earlier: EarlierAnswers): PlannedCall | undefined {
    if (last === undefined) return undefined;
    if (this.#call === undefined && this.user === undefined) this.#start(last, earlier);
    const call = this.#call;
    if (call === undefined) return undefined;
    this.#left -= 1;
    const isUsedUp = earlier.isGood(call) && !earlier.isGood(last);
    if (this.#left >= 0 && !isUsedUp) return call;
    this.#call = undefined;
    return undefined;
  }

  /** One that is refused may count too, such as a wrong password. */
  #start(last: PlannedCall, earlier: EarlierAnswers): void {
    const limits = quotasOf(last.method).map(({ limit }) => Number(limit));
    if (limits.length === 0 || last.together !== undefined) return;
    if (!earlier.mayCount(last) || !this.random.chance(earlier.isGood(last) ? 0.8 : 0.3)) return;
    this.user = last.as;
    this.#call = again(last);
    this.#left = Math.min(MOST_CALLS, Math.min(...limits) + 1);
  }
}

import type { Say } from "../changes/say.js";
import type { Implementation } from "../implementation/implementation.js";

/** An implementation that is to take the place of the one that runs. */
export interface Candidate {
  readonly service: string;
  readonly implementation: Implementation;
  /** Where it was taken from, when that is not the checkout as it is. */
  readonly source?: string;
}

/** What was tested is what is started. */
export interface Proven {
  /** The copy of the candidate that was tested. */
  readonly implementation: Implementation;
  /** Path of the certificate. */
  readonly certificate: string;
  /** It was there already. */
  readonly reused: boolean;
}

export interface Prover {
  /**
   * Finds or makes the proof that an implementation keeps the contract.
   *
   * @throws Fault that names what it does not keep, and how that is repeated
   */
  prove(candidate: Candidate, say: Say): Promise<Proven>;
}

import type { Prover } from "./prover.js";
import type { StartShadow } from "./shadow.js";

/** What a system has to prove and compare candidates with; without one of them its stage is told as not there. */
export interface SwapParts {
  readonly prover?: Prover;
  readonly shadow?: StartShadow;
}

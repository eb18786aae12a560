import type { Prover } from "../certificate/index.js";
import { type Instances, type Shadow, type ShadowOptions, startShadow } from "../shadow/index.js";
import type { SystemContext } from "../system/context.js";

/** What a system has to prove and compare candidates with; without one of them its stage is told as not there. */
export interface SwapParts {
  readonly prover?: Prover;
  readonly shadow?: StartShadow;
}

/** Mirrors what is read from the old instances to a comparer, which asks the candidate the same. */
export type StartShadow = (instances: Instances, options: ShadowOptions) => Promise<Shadow>;

/** What this system has. */
export function swapParts({ proofs, shadow }: Pick<SystemContext, "proofs" | "shadow">): SwapParts {
  return { ...(proofs && { prover: proofs }), ...(shadow && { shadow: startShadow }) };
}

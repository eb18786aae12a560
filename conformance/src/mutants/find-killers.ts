import { runCases } from "../run/run-cases.js";
import type { Mutant } from "./mutant.js";
import type { Trial } from "./try-mutant.js";

/** Names of all cases that fail against a mutant by what they expect: where to look for those that kill it. */
export async function hunt(mutant: Mutant, { yard, cases }: Trial): Promise<readonly string[]> {
  await using bed = await yard.open(mutant);
  const ignore = () => undefined;
  const results = await runCases(cases, bed, { seed: 1, jobs: 12, observe: ignore, onResult: ignore });
  return results.filter(({ failure }) => failure !== undefined).map(({ test }) => test.name);
}

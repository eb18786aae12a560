import { runCases } from "../run/run-cases.js";
import type { Mutant } from "./mutant.js";
import type { Trial } from "./try-mutant.js";

/** Names of all cases whose expectations fail against a mutant: those that can kill it. */
export async function findKillers(mutant: Mutant, { pool, cases }: Trial): Promise<readonly string[]> {
  await using bed = await pool.open(mutant);
  const ignore = () => undefined;
  const results = await runCases(cases, bed, { seed: 1, jobs: 12, observe: ignore, onResult: ignore });
  return results.filter(({ failure }) => failure !== undefined).map(({ test }) => test.name);
}

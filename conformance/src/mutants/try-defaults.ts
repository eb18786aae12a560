import type { Case } from "../cases/case.js";
import { runCases } from "../run/run-cases.js";
import type { MutantPool } from "./mutant-pool.js";

export interface DefaultsVerdict {
  readonly service: string;
  readonly cases: number;
  readonly failed: number;
  /** Names of the cases that pass although every answer is a default. */
  readonly passed: readonly string[];
}

/** All cases of a service against an implementation that answers defaults. */
export async function tryDefaults(
  service: string,
  cases: readonly Case[],
  pool: MutantPool,
): Promise<DefaultsVerdict> {
  await using bed = await pool.openDefaults(service);
  const results = await runCases(cases, bed, {
    seed: 1,
    jobs: 16,
    observe: () => undefined,
    onResult: () => undefined,
  });
  const passed = results.filter(({ outcome }) => outcome === "passed").map(({ test }) => test.name);
  const failed = results.filter(({ outcome }) => outcome === "failed").length;
  return { service, cases: results.length, failed, passed };
}

/** The least that must fail: more than nine in ten. */
export function isSeenThrough({ cases, failed }: DefaultsVerdict): boolean {
  return failed > 0.9 * cases;
}

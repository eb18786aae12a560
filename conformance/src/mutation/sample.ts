import { createHash } from "node:crypto";
import type { GeneratedMutant } from "./generated-mutant.js";

/** A call that writes a line of the log: what it says is for people. */
const LOGS = /\b\w*log(ger)?\w*\.(trace|debug|info|warn|warning|error|critical|fatal|log|exception)\(/i;

/**
 * Mutants in the order in which a seed tries them, each place and operator once: a tool that has ten other words for one
 * comparison counts no more than one that has two. Lines that log are left out. Where a mutant stands depends on itself
 * alone, so that edits elsewhere leave a sample as it is.
 */
export function sample(
  mutants: readonly GeneratedMutant[],
  lineOf: (mutant: GeneratedMutant) => string,
  seed: number,
): readonly GeneratedMutant[] {
  const places = new Set<string>();
  return ranked(mutants, seed).filter((mutant) => {
    if (LOGS.test(lineOf(mutant))) return false;
    const { file, line, column, operator } = mutant;
    const place = `${file}:${line}:${column} ${operator.split("_")[0]}`;
    return !places.has(place) && places.add(place);
  });
}

function ranked(mutants: readonly GeneratedMutant[], seed: number): readonly GeneratedMutant[] {
  const seen = new Map<string, number>();
  const ranks = mutants.map((mutant) => {
    const { file, operator, before, after } = mutant;
    const what = JSON.stringify([file, operator, before, after]);
    const times = seen.get(what) ?? 0;
    seen.set(what, times + 1);
    return { mutant, rank: createHash("sha256").update(`${seed} ${times} ${what}`).digest("hex") };
  });
  return ranks.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ mutant }) => mutant);
}

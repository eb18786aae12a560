import { shuffled } from "../run/shuffled.js";
import type { GeneratedMutant } from "./generated-mutant.js";

/** A call that writes a line of the log: what it says is for people. */
const LOGS = /\b\w*log(ger)?\w*\.(trace|debug|info|warn|warning|error|fatal|log|exception)\(/i;

/**
 * Mutants in the order in which a seed tries them, each place and operator once: a tool that has ten other words for one
 * comparison counts no more than one that has two. Lines that log are left out.
 */
export function sample(
  mutants: readonly GeneratedMutant[],
  lineOf: (mutant: GeneratedMutant) => string,
  seed: number,
): readonly GeneratedMutant[] {
  const places = new Set<string>();
  return shuffled(mutants, seed).filter((mutant) => {
    if (LOGS.test(lineOf(mutant))) return false;
    const { file, line, column, operator } = mutant;
    const place = `${file}:${line}:${column} ${operator.split("_")[0]}`;
    return !places.has(place) && places.add(place);
  });
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Implementation } from "@theseus/runtime";
import type { Case } from "../cases/case.js";
import type { MutantPool } from "../mutants/mutant-pool.js";
import { CaseOrder } from "./case-order.js";
import { type Equivalent, findEquivalent, staleEquivalents } from "./equivalents.js";
import type { GeneratedMutant } from "./generated-mutant.js";
import type { MutationLanguage } from "./mutation-language.js";
import { sample } from "./sample.js";
import { type GeneratedVerdict, tryGenerated } from "./try-generated.js";

export interface Measurement {
  readonly service: string;
  readonly checkout: string;
  readonly implementation: Implementation;
  readonly language: MutationLanguage;
  readonly pool: MutantPool;
  readonly cases: readonly Case[];
  readonly equivalents: readonly Equivalent[];
  readonly seed: number;
  /** Place in the seed's order to begin with. */
  readonly first: number;
  /** How many mutants are to run; those that are equivalent, or never start, do not count. */
  readonly wanted: number;
  /** Only mutants of these source files. */
  readonly fits: (mutant: GeneratedMutant) => boolean;
  /** Mutants at once, and cases at once against each. */
  readonly jobs: number;
  readonly casesAtOnce: number;
  /** Asked before each mutant: true when no more are to be tried. */
  isOver(): boolean;
  onVerdict(verdict: GeneratedVerdict): void;
  write(line: string): void;
}

/** What became of the sample of one implementation. */
export interface Measured {
  /** How many mutants the tool makes, without those that are left out by rule. */
  readonly generated: number;
  readonly equivalent: number;
  /** Entries of the list of equivalents that speak of no mutant. */
  readonly stale: readonly Equivalent[];
  readonly verdicts: readonly GeneratedVerdict[];
}

/** Runs the cases against mutants until enough have run. */
export async function measure(measurement: Measurement): Promise<Measured> {
  const { implementation, language, seed, wanted, equivalents, write } = measurement;
  const all = await language.generate(implementation);
  const chosen = sample(all, linesOf(implementation), seed).filter(measurement.fits);
  const waiting = chosen.slice(measurement.first);
  await using right = await measurement.pool.openImplementation(measurement.service, implementation);
  const order = new CaseOrder(measurement.cases);
  const verdicts: GeneratedVerdict[] = [];
  let [equivalent, running] = [0, 0];
  const ran = () => verdicts.filter(({ outcome }) => outcome === "killed" || outcome === "survived").length;
  const work = async () => {
    while (ran() + running < wanted && !measurement.isOver()) {
      const mutant = waiting.shift();
      if (mutant === undefined) return;
      if (findEquivalent(mutant, equivalents) !== undefined) {
        equivalent += 1;
        continue;
      }
      running += 1;
      const trial = { ...measurement, right, order, jobs: measurement.casesAtOnce };
      const verdict = await tryGenerated(mutant, trial).finally(() => {
        running -= 1;
      });
      verdicts.push(verdict);
      measurement.onVerdict(verdict);
    }
  };
  write(`  ${chosen.length} mutants by ${language.tool}`);
  await Promise.all(Array.from({ length: measurement.jobs }, work));
  return { generated: chosen.length, equivalent, stale: staleEquivalents(all, equivalents), verdicts };
}

function linesOf({ folder }: Implementation): (mutant: GeneratedMutant) => string {
  const texts = new Map<string, readonly string[]>();
  return ({ file, line }) => {
    const lines = texts.get(file) ?? readFileSync(join(folder, file), "utf8").split("\n");
    texts.set(file, lines);
    return lines[line - 1] ?? "";
  };
}

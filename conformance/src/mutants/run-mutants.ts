import type { Contract } from "@theseus/kit/contract";
import type { Case } from "../cases/case.js";
import { Admission } from "../run/admission.js";
import { findKillers } from "./find-killers.js";
import type { Mutant } from "./mutant.js";
import { createMutantPool } from "./mutant-pool.js";
import { type DefaultsVerdict, isSeenThrough, tryDefaults } from "./try-defaults.js";
import { tryMutant, type Verdict } from "./try-mutant.js";

export interface MutantRun {
  /** Run all cases against each mutant and only tell which fail. */
  readonly findKillers: boolean;
  readonly contract: Contract;
  /** The folder with `services`, where implementations are looked for. */
  readonly checkout: string;
  readonly mutants: readonly Mutant[];
  /** Cases by service. */
  readonly cases: ReadonlyMap<string, readonly Case[]>;
  /** Services of which an implementation that answers defaults is tried too. */
  readonly defaultsOf: readonly string[];
  /** Also tell what the cases found that killed a mutant. */
  readonly why: boolean;
  /** Mutants at once. */
  readonly jobs: number;
  write(line: string): void;
  /** Asked before each mutant: true when no more are to be tried. */
  isOver?(): boolean;
}

/** Whether a mutant was killed, or answers by default were seen through. */
export interface MutantResult {
  readonly name: string;
  readonly outcome: "passed" | "failed";
  /** Lines that say why it failed. */
  readonly why?: readonly string[];
}

/** Tries every mutant and tells of each as it ends. Where killers are looked for there are no results. */
export async function runMutants(run: MutantRun): Promise<readonly MutantResult[]> {
  const started = performance.now();
  await using pool = createMutantPool(run.contract, run.checkout);
  const verdicts: Verdict[] = [];
  const defaults: DefaultsVerdict[] = [];
  const tasks = [
    ...run.defaultsOf.map((service) => async () => {
      const verdict = await tryDefaults(service, run.cases.get(service) ?? [], pool);
      defaults.push(verdict);
      run.write(tellDefaults(verdict));
    }),
    ...run.mutants.map((mutant) => async () => {
      const cases = run.cases.get(mutant.service) ?? [];
      if (run.findKillers)
        return run.write(`  ${mutant.name}: ${(await findKillers(mutant, { pool, cases })).join(", ")}`);
      const verdict = await tryMutant(mutant, { pool, cases });
      verdicts.push(verdict);
      for (const line of tell(verdict)) run.write(line);
      if (run.why) for (const line of verdict.found) run.write(`      ${line}`);
    }),
  ];
  const admission = new Admission();
  const work = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      if (run.isOver?.() === true) return;
      await admission.admit(task);
    }
  };
  await Promise.all(Array.from({ length: run.jobs }, work));
  if (run.findKillers) return [];
  run.write(summary(verdicts, performance.now() - started));
  return [
    ...defaults.map((verdict) => result(`${verdict.service}/answers-defaults`, isSeenThrough(verdict))),
    ...verdicts.map(({ mutant, outcome, why }) => result(mutant.name, outcome === "killed", why)),
  ];
}

function result(name: string, good: boolean, why: readonly string[] = []): MutantResult {
  return good ? { name, outcome: "passed" } : { name, outcome: "failed", why };
}

const SIGNS = { killed: "✓", survived: "✗", void: "!" } as const;

function tell({ mutant, outcome, by, why, ms }: Verdict): readonly string[] {
  const killers = by.length === 0 ? "" : ` by ${by.join(", ")}`;
  return [
    `  ${SIGNS[outcome]} ${mutant.name}: ${outcome}${killers} (${(ms / 1000).toFixed(1)} s)`,
    ...(outcome === "killed" ? [] : [`      ${mutant.place} breaks: ${mutant.breaks}`]),
    ...why.map((line) => `      ${line.split("\n").join("\n      ")}`),
  ];
}

function tellDefaults(verdict: DefaultsVerdict): string {
  const { service, cases, failed, passed } = verdict;
  const sign = isSeenThrough(verdict) ? "✓" : "✗";
  const rest = passed.length === 0 ? "" : `; passes ${passed.join(", ")}`;
  return `  ${sign} ${service}/answers-defaults: fails ${failed} of ${cases} cases${rest}`;
}

function summary(verdicts: readonly Verdict[], ms: number): string {
  const count = (wanted: Verdict["outcome"]) => verdicts.filter(({ outcome }) => outcome === wanted).length;
  const { length } = verdicts;
  return `\n${length} mutants: ${count("killed")} killed, ${count("survived")} survived, ${count("void")} void, in ${(ms / 1000).toFixed(1)} s`;
}

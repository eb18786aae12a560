import { title } from "./generated-mutant.js";
import type { Measured } from "./measure.js";
import type { GeneratedVerdict, Outcome } from "./try-generated.js";

/** The sample of one implementation, for programs. */
export interface MutationFigures {
  readonly service: string;
  readonly implementation: string;
  readonly tool: string;
  readonly seed: number;
  readonly generated: number;
  readonly equivalent: number;
  readonly killed: number;
  readonly survived: number;
  readonly notBuilt: number;
  readonly notStarted: number;
  /** Entries of the list of equivalents that speak of no mutant: file, before and after. */
  readonly stale: readonly string[];
  /** Killed, of those that ran, in percent. */
  readonly score: number;
  readonly survivors: readonly Readonly<
    Record<"file" | "operator" | "before" | "after", string> & { line: number }
  >[];
}

type Head = Pick<MutationFigures, "service" | "implementation" | "tool" | "seed">;

export function toFigures(head: Head, { generated, equivalent, stale, verdicts }: Measured): MutationFigures {
  const count = (wanted: Outcome) => verdicts.filter(({ outcome }) => outcome === wanted).length;
  const [killed, survived] = [count("killed"), count("survived")];
  return {
    ...head,
    generated,
    equivalent,
    killed,
    survived,
    notBuilt: count("not-built"),
    notStarted: count("not-started"),
    stale: stale.map(({ file, before = "", after = "" }) => `${file}: ${before} → ${after}`),
    score: killed + survived === 0 ? 0 : Math.round((1000 * killed) / (killed + survived)) / 10,
    survivors: verdicts
      .filter(({ outcome }) => outcome === "survived")
      .map(({ mutant: { file, line, operator, before, after } }) => ({
        file,
        line,
        operator,
        before,
        after,
      })),
  };
}

const SIGNS: Readonly<Record<Outcome, string>> = {
  killed: "✓",
  survived: "✗",
  "not-built": "·",
  "not-started": "·",
};

/** `  ✗ src/rules/order.ts:12 EqualityOperator: a > b → a >= b: survived (4.1 s)` */
export function verdictLine({ mutant, outcome, by, ms }: GeneratedVerdict): string {
  const killer = by === undefined ? "" : ` by ${by.name}`;
  return `  ${SIGNS[outcome]} ${title(mutant)}: ${outcome}${killer} (${(ms / 1000).toFixed(1)} s)`;
}

/** The sample in one line. */
export function figuresLine(figures: MutationFigures): string {
  const { service, implementation, seed, killed, survived, equivalent, notBuilt, notStarted, score } =
    figures;
  const rest = `${equivalent} equivalent, ${notBuilt} not built, ${notStarted} not started`;
  return `${service} (${implementation}), seed ${seed}: ${score} %: ${killed} killed, ${survived} survived; ${rest}`;
}

import { type Estimate, estimate, estimateRatio } from "./estimate.js";
import type { Round } from "./round.js";

/** Microseconds of processor time a call, without what is used when nothing is sent. */
export interface StepCost {
  readonly step: string;
  readonly total: Estimate;
  readonly processes: Readonly<Record<string, Estimate>>;
  /** Of each round, by process. */
  readonly rounds: readonly Readonly<Record<string, number>>[];
}

export interface JourneyCost {
  readonly journey: string;
  readonly total: Estimate;
  readonly processes: Readonly<Record<string, Estimate>>;
  readonly steps: readonly StepCost[];
}

export interface VariantCost {
  readonly variant: string;
  /** Processor time a second while nothing is sent, in microseconds, by process. */
  readonly idle: Readonly<Record<string, Estimate>>;
  readonly journeys: readonly JourneyCost[];
}

/** How many times as much the second variant costs as the first; absent of what was below the resolution in a round. */
export interface Compared {
  readonly journey: string;
  /** Absent of the whole journey. */
  readonly step?: string;
  readonly total?: Estimate;
  readonly processes: Readonly<Record<string, Estimate>>;
}

export interface CostReport {
  readonly variants: readonly VariantCost[];
  /** Of the first two variants. */
  readonly compared: readonly Compared[];
}

type Micros = Readonly<Record<string, number>>;

/** Costs of variants whose rounds were made in turns: the first rounds of all, then the second ones. */
export function toCostReport(variants: ReadonlyMap<string, readonly Round[]>): CostReport {
  const costs = [...variants].map(([variant, rounds]) => toVariant(variant, rounds));
  const [old, young] = costs;
  return {
    variants: costs,
    compared: old === undefined || young === undefined ? [] : compare(old, young),
  };
}

function toVariant(variant: string, rounds: readonly Round[]): VariantCost {
  const idle = rounds.map((round) => perSecond(round));
  const steps = (rounds[0]?.steps ?? []).map(({ journey, step }, index) => {
    const perCall = rounds.map((round) => microsOf(round, index));
    return { journey, ...toStep(step, perCall) };
  });
  const journeys = [...new Set(steps.map(({ journey }) => journey))].map((journey) =>
    toJourney(
      journey,
      steps.filter((step) => step.journey === journey).map(({ journey: _, ...step }) => step),
    ),
  );
  return { variant, idle: estimates(idle), journeys };
}

function toStep(step: string, rounds: readonly Micros[]): StepCost {
  return { step, total: estimate(rounds.map(totalOf)), processes: estimates(rounds), rounds };
}

/** What a visitor costs is the sum of its calls, in each round. */
function toJourney(journey: string, steps: readonly StepCost[]): JourneyCost {
  const rounds = sumsOf(steps);
  return { journey, total: estimate(rounds.map(totalOf)), processes: estimates(rounds), steps };
}

function sumsOf(steps: readonly StepCost[]): readonly Micros[] {
  const [first] = steps;
  return (first?.rounds ?? []).map((_, round) => {
    const sums: Record<string, number> = {};
    for (const { rounds } of steps)
      for (const [name, micros] of Object.entries(rounds[round] ?? {}))
        sums[name] = (sums[name] ?? 0) + micros;
    return sums;
  });
}

function perSecond({ idle: { seconds, cpu } }: Round): Micros {
  return Object.fromEntries([...cpu].map(([name, used]) => [name, (used / seconds) * 1e6]));
}

function microsOf(round: Round, index: number): Micros {
  const { idle, steps } = round;
  const step = steps[index];
  if (step === undefined) return {};
  return Object.fromEntries(
    [...step.cpu].map(([name, used]) => {
      const idleUse = ((idle.cpu.get(name) ?? 0) / idle.seconds) * step.seconds;
      return [name, ((used - idleUse) / step.calls) * 1e6];
    }),
  );
}

function estimates(rounds: readonly Micros[]): Readonly<Record<string, Estimate>> {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, estimate(rounds.map((round) => round[name] ?? 0))]));
}

function totalOf(micros: Micros): number {
  return Object.values(micros).reduce((sum, each) => sum + each, 0);
}

function compare(old: VariantCost, young: VariantCost): readonly Compared[] {
  return old.journeys.flatMap((before, index) => {
    const after = young.journeys[index];
    if (after === undefined) return [];
    const { journey } = before;
    const steps = before.steps.map((step, at) => ({
      journey,
      step: step.step,
      ...ratios(step.rounds, after.steps[at]?.rounds ?? []),
    }));
    return [{ journey, ...ratios(sumsOf(before.steps), sumsOf(after.steps)) }, ...steps];
  });
}

function ratios(old: readonly Micros[], young: readonly Micros[]): Pick<Compared, "total" | "processes"> {
  const total = estimateRatio(old.map(totalOf), young.map(totalOf));
  const processes = Object.keys(old[0] ?? {}).flatMap((name) => {
    const ratio = estimateRatio(
      old.map((round) => round[name] ?? 0),
      young.map((round) => round[name] ?? 0),
    );
    return ratio === undefined ? [] : [[name, ratio] as const];
  });
  return { ...(total !== undefined && { total }), processes: Object.fromEntries(processes) };
}

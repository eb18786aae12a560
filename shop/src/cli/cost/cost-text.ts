import type { Estimate, VariantCost } from "@theseus/runtime/cost";
import { table } from "../table.js";
import type { SavedCost } from "./saved-cost.js";

const KINDS = ["gateway", "application", "sidecar", "store", "outside"] as const;

/** What calls and journeys cost, by kind of process, and the ratio of two implementations. */
export function showCost(report: SavedCost): string {
  const { rounds, callsPerRound, atOnce, resolutionMicros, processors } = report;
  return [
    ...report.variants.map((variant) => showVariant(report, variant)),
    ...(report.compared.length === 0 ? [] : [showCompared(report)]),
    [
      `Processor time in µs a call, without what is used when nothing is sent; ± is the 95 % interval by Student's t over ${rounds} rounds.`,
      `${callsPerRound} calls a step and round, ${atOnce} at once. The clock of a process has steps of 10 ms: ${resolutionMicros.toFixed(0)} µs a call in one round.`,
      `On ${processors}.`,
    ].join("\n"),
  ].join("\n\n");
}

function showVariant({ kinds, service }: SavedCost, { variant, journeys, idle }: VariantCost): string {
  const cells = (processes: Readonly<Record<string, Estimate>>) =>
    KINDS.map((kind) => {
      const own = Object.entries(processes).filter(([name]) => kinds[name] === kind);
      return own.reduce((sum, [, { mean }]) => sum + mean, 0).toFixed(0);
    });
  const rows = journeys.flatMap(({ journey, total, processes, steps }) => [
    [journey, ...cells(processes), showMicros(total)],
    ...steps.map((step) => [`  ${step.step}`, ...cells(step.processes), showMicros(step.total)]),
  ]);
  const idleSum = Object.values(idle).reduce((sum, { mean }) => sum + mean, 0);
  return [
    service === undefined ? `The shop, ${variant}:` : `${service} in ${variant}:`,
    table([["JOURNEY, RPC", ...KINDS.map((kind) => kind.toUpperCase()), "ALL"], ...rows]),
    `Without calls all processes use ${(idleSum / 1e4).toFixed(1)} % of a processor.`,
  ].join("\n");
}

/** The service's own applications and all processes, by call; of what is no service's, all processes alone. */
function showCompared({ service = "", compared, kinds, variants }: SavedCost): string {
  const own = Object.keys(kinds).find(
    (name) => kinds[name] === "application" && name.startsWith(`${service}-`),
  );
  const [old, young] = variants;
  const costs = (variant: VariantCost | undefined, journey: string, step: string | undefined) => {
    const found = variant?.journeys.find((each) => each.journey === journey);
    const part = step === undefined ? found : found?.steps.find((each) => each.step === step);
    return own === undefined ? part?.total : part?.processes[own];
  };
  const rows = compared.map(({ journey, step, total, processes }) => [
    step === undefined ? journey : `  ${step}`,
    showMicros(costs(old, journey, step)),
    showMicros(costs(young, journey, step)),
    ...(own === undefined ? [] : [showRatio(processes[own])]),
    showRatio(total),
  ]);
  const head = [
    `OF ${own ?? "ALL PROCESSES"}`,
    old?.variant ?? "",
    young?.variant ?? "",
    "RATIO",
    ...(own === undefined ? [] : ["RATIO OF ALL PROCESSES"]),
  ];
  return `${young?.variant} against ${old?.variant}:\n${table([head, ...rows])}`;
}

function showMicros(estimate: Estimate | undefined): string {
  if (estimate === undefined) return "-";
  return `${estimate.mean.toFixed(0)} ± ${(estimate.high - estimate.mean).toFixed(0)}`;
}

/** Below the resolution in a round there is none. */
function showRatio(ratio: Estimate | undefined): string {
  if (ratio === undefined) return "-";
  const [mean, low, high] = [ratio.mean, ratio.low, ratio.high].map((value) => value.toFixed(2));
  return `${mean} (${low} to ${high})`;
}

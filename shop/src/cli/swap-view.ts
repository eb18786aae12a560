import type { StepNumbers, SwapStatus } from "@theseus/runtime/control";
import { table } from "./table.js";

/** More would push what matters out of sight. */
const mostEnds = 12;

/** Where a swap stands, for people. */
export function showSwap(swap: SwapStatus): string {
  const { service, to, stage, percent, words, held, withoutProof, step, shadow } = swap;
  const place = percent === undefined ? stage : `${stage} ${percent} %`;
  return [
    `${service} to ${to}: ${place}, ${words}`,
    ...(held === undefined
      ? []
      : [
          held === "asked"
            ? "It waits for a yes: --resume, or --abort."
            : "It is paused: --resume, or --abort.",
        ]),
    ...(withoutProof === undefined ? [] : [`NOTHING IS PROVED of it: ${withoutProof}`]),
    ...(stage === "shadow" && shadow !== undefined
      ? [
          `${shadow.compared} reads compared, ${shadow.equal} equal, ${shadow.noise} noise, ${shadow.different.length} different`,
        ]
      : []),
    ...(step === undefined ? [] : [showStep(step)]),
  ].join("\n");
}

function showStep({ old, candidate, ends }: StepNumbers): string {
  const head = [
    "IN THIS STEP",
    `OLD ${old.instances.join(", ")}`,
    `CANDIDATE ${candidate.instances.join(", ")}`,
  ];
  const rows = ends
    .slice(0, mostEnds)
    .map(({ method, code, reason, ...end }) => [
      `${method.slice(method.lastIndexOf("/") + 1)} ${code}${reason === undefined ? "" : ` / ${reason}`}`,
      ofAll(end.old, end.ofOld),
      ofAll(end.candidate, end.ofCandidate),
    ]);
  const latency = [
    "median, p95",
    `${old.p50Ms}, ${old.p95Ms} ms`,
    `${candidate.p50Ms}, ${candidate.p95Ms} ms`,
  ];
  return table([head, ["calls", String(old.calls), String(candidate.calls)], latency, ...rows]);
}

function ofAll(part: number, all: number): string {
  return all === 0 ? "-" : `${part} (${((part / all) * 100).toFixed(1)} %)`;
}

import type { ComposeFigures } from "../compose/prove-compose.js";
import { fixed, markdownTable } from "./figure-files.js";

/** The figures of the shop from containers, for people. */
export function composePage({ standIns, seconds, reach, crashes, swap, faults }: ComposeFigures): string {
  const steps = Object.entries(seconds).map(([step, took]) => [step, fixed(took)]);
  const applications = reach.map(({ application, ownStore, others, tried }) => [
    application,
    ownStore === undefined ? "has none" : ownStore ? "yes" : "no",
    `${others.length} of ${tried}`,
  ]);
  return [
    "# The shop from containers",
    standIns.length === 0
      ? "All images are the official ones."
      : `Stand-ins, and not the official images: ${standIns.join(", ")}.`,
    markdownTable(["step", "seconds"], steps),
    markdownTable(["application", "reaches its own store", "reaches anything else"], applications),
    markdownTable(
      ["killed", "seconds until somebody has bought something"],
      crashes.map(({ container, recoverySeconds }) => [container, fixed(recoverySeconds)]),
    ),
    `While each service was swapped for its other language, ${swap.failed.length} of ${swap.calls} calls failed.`,
    faults.length === 0 ? "All holds." : `Does not hold:\n${faults.map((fault) => `- ${fault}`).join("\n")}`,
  ].join("\n\n");
}

import { faultsOf, type TraceFigures } from "../traces/prove-traces.js";
import { markdownTable } from "./figure-files.js";

/** The figures of traces, for people. */
export function tracesPage(figures: TraceFigures): string {
  const { journeys, requests, told, shown, parties } = figures;
  const faults = faultsOf(figures);
  const backend = shown === undefined ? "No back end was told." : `The back end shows ${shown}.`;
  return [
    "# Traces over several languages",
    `${journeys} journeys, ${requests} requests: ${told} spans were told. ${backend}`,
    markdownTable(
      ["told by", "spans"],
      Object.entries(parties).map(([who, spans]) => [who, String(spans)]),
    ),
    faults.length === 0
      ? "All holds."
      : `Does not hold:\n\n${faults.map((fault) => `- ${fault}`).join("\n")}`,
    "",
  ].join("\n\n");
}

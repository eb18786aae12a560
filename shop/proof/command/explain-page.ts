import type { JourneyFigures } from "../explain/journeys/prove-journeys.js";
import { type ExplainFigures, faultsOf } from "../explain/prove-explain.js";
import { markdownTable } from "./figure-files.js";

/** The figures of explanations, for people. */
export function explainPage(figures: ExplainFigures): string {
  const { told, journeys } = figures;
  const rows = told.map(({ fault, by, said, change, isRight }) => [
    fault,
    by,
    said,
    change,
    isRight ? "right" : "WRONG",
  ]);
  return [
    "# What explain says of planted faults",
    markdownTable(["fault", "planted", "explain said", "and the place to change", ""], rows),
    ...(journeys === undefined ? [] : [journeyLines(journeys)]),
    verdict(faultsOf(figures)),
    "",
  ].join("\n\n");
}

function journeyLines({ journeys, complete, requests, languages }: JourneyFigures): string {
  const answered = Object.entries(languages).map(([who, hops]) => `${who}: ${hops}`);
  return [
    "## Trees of journeys over several languages",
    `${complete} of ${journeys} journeys (${requests} requests) have complete trees.`,
    `Hops by what answered: ${answered.join(", ")}.`,
  ].join("\n\n");
}

function verdict(faults: readonly string[]): string {
  return faults.length === 0
    ? "All holds."
    : `Does not hold:\n\n${faults.map((fault) => `- ${fault}`).join("\n")}`;
}

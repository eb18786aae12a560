import { faultsOf, type SwapFigures } from "../swap/prove-swap.js";
import { fixed, markdownTable } from "./figure-files.js";

/** The figures of swaps by evidence, for people. */
export function swapPage(figures: SwapFigures): string {
  const faults = faultsOf(figures);
  return [
    "# One implementation in the place of another, by evidence",
    `Seed ${figures.seed}.`,
    ...sections(figures).map(([title, head, rows]) =>
      rows.length === 0 ? "" : `## ${title}\n\n${markdownTable(head, rows)}`,
    ),
    faults.length === 0
      ? "All holds."
      : `Does not hold:\n\n${faults.map((fault) => `- ${fault}`).join("\n")}`,
    "",
  ]
    .filter(Boolean)
    .join("\n\n");
}

type Section = readonly [title: string, head: readonly string[], rows: readonly (readonly unknown[])[]];

function sections({
  thereAndBack,
  takenBack,
  equal,
  shadow,
  kills,
  refusals,
}: SwapFigures): readonly Section[] {
  return [
    [
      "To the other language and back, while people buy",
      [
        "service",
        "seconds there",
        "back",
        "calls",
        "failed",
        "p99 ms before",
        "during",
        "messages of streams",
      ],
      thereAndBack.map(({ service, runs, during, before, messages }) => [
        service,
        ...[0, 1].map((index) => fixed(runs[index]?.seconds ?? 0)),
        during.calls,
        total(during.failed),
        fixed(before.p99Ms, 0),
        fixed(during.p99Ms, 0),
        messages,
      ]),
    ],
    [
      "Candidates that are wrong",
      ["it", "taken back", "its calls of the method", "seconds", "calls", "failed"],
      takenBack.map(({ candidate, run }) => [
        candidate,
        run.fault ?? "no",
        run.candidateCalls || "-",
        fixed(run.seconds),
        run.calls,
        total(run.failed),
      ]),
    ],
    [
      "Candidates that are equal",
      ["swaps", "taken back", "calls", "failed", "seconds each"],
      equal.length === 0
        ? []
        : [
            [
              equal.length,
              equal.filter(({ fault }) => fault !== undefined).length,
              equal.reduce((sum, { calls }) => sum + calls, 0),
              equal.reduce((sum, { failed }) => sum + total(failed), 0),
              fixed(equal.reduce((sum, { seconds }) => sum + seconds, 0) / equal.length),
            ],
          ],
    ],
    [
      "A shadow of what is right",
      ["calls compared", "watches opened and left", "seconds", "faults"],
      shadow.map(({ compared, watches, seconds, faults }) => [
        compared,
        watches,
        fixed(seconds),
        faults.length,
      ]),
    ],
    [
      "kill -9",
      ["of", "at", "the swap", "nobody there, ms", "calls", "failed"],
      kills.map(({ victim, moment, end, awayMs, calls, failed }) => [
        victim,
        moment,
        end,
        fixed(awayMs, 0),
        calls,
        total(failed),
      ]),
    ],
    [
      "What makes no sense",
      ["command", "code", "says"],
      refusals.map(({ command, code, says }) => [command, code, says]),
    ],
  ];
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}

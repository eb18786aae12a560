import { faultsOf, type RolloutFigures, type Stretch } from "../rollout/rollout-figures.js";
import { fixed, markdownTable } from "./figure-files.js";

/** The figures of changes of a running shop, for people. */
export function rolloutPage(figures: RolloutFigures): string {
  const { seed, before, during, p99Ratio, endpointChanges, streams, orders, paid } = figures;
  const faults = faultsOf(figures);
  return [
    "# One service after the other, changed while people buy",
    `Seed ${seed}; ${orders} orders, ${paid} of them paid. ${streams.count} streams told ${streams.messages} ` +
      `levels of stock and ${streams.payments} payments.`,
    markdownTable(
      ["", "seconds", "calls", "failed", "median ms", "p99 ms"],
      [stretchRow("before", before), stretchRow("during", during)],
    ),
    `p99 during changes is ${fixed(p99Ratio)} times that before.`,
    markdownTable(
      ["command", "times", "seconds", "longest s", "calls", "failed", "p99 ms"],
      commandRows(figures),
    ),
    "## Instances",
    spreadLine(figures),
    markdownTable(
      ["added pair", "application, MiB", "sidecar, MiB"],
      figures.added.map(({ instance, application, sidecar }) => [
        instance,
        fixed(application),
        fixed(sidecar),
      ]),
    ),
    `A sidecar shows a change of endpoints after ${fixed(endpointChanges.medianMs, 0)} ms, at most ` +
      `${fixed(endpointChanges.longestMs, 0)} ms (${endpointChanges.count} changes).`,
    markdownTable(
      ["after a swap", "implementation", "content", "calls answered"],
      figures.answered.map(({ instance, implementation, contentHash, calls }) => [
        instance,
        implementation,
        contentHash.slice(0, 12),
        calls,
      ]),
    ),
    "## The only instance, killed under reads",
    markdownTable(
      ["service", "back after ms", "reads", "failed", "longest ms"],
      figures.losses.map(({ service, backMs, reads, failed, longestMs }) => [
        service,
        fixed(backMs, 0),
        reads,
        total(failed),
        fixed(longestMs, 0),
      ]),
    ),
    "## A candidate whose worker marks payments FAILED, in standby",
    markdownTable(
      ["it", "seconds", "open payments", "writes", "refused by the store", "the payments in the end"],
      figures.held.map(({ manner, seconds, openPayments, isUntouched, refusedWrites, states }) => [
        manner,
        seconds,
        openPayments,
        isUntouched ? 0 : "some",
        refusedWrites,
        states.map((state) => state.replace("PAYMENT_STATE_", "")).join(", "),
      ]),
    ),
    faults.length === 0
      ? "All holds."
      : `Does not hold:\n\n${faults.map((fault) => `- ${fault}`).join("\n")}`,
    "",
  ].join("\n\n");
}

function spreadLine({ spread }: RolloutFigures): string {
  if (spread === undefined) return "The spread is not measured.";
  const { calls, perInstance, deviation } = spread;
  const counts = Object.values(perInstance);
  return `${calls} calls over ${counts.length} instances (${counts.join(", ")}): ${fixed(deviation * 100)} % from the same share.`;
}

function stretchRow(name: string, { seconds, calls, failed, p50Ms, p99Ms }: Stretch): readonly unknown[] {
  return [name, fixed(seconds, 0), calls, total(failed), fixed(p50Ms), fixed(p99Ms)];
}

/** One row for each command, however often it was given. */
function commandRows({ commands }: RolloutFigures): readonly (readonly unknown[])[] {
  const names = [...new Set(commands.map(({ command }) => command))];
  return names.map((name) => {
    const of = commands.filter(({ command }) => command === name);
    const seconds = of.map((each) => each.seconds);
    return [
      name,
      of.length,
      fixed(seconds.reduce((sum, each) => sum + each, 0) / of.length),
      fixed(Math.max(...seconds)),
      of.reduce((sum, { calls }) => sum + calls, 0),
      of.reduce((sum, { failed }) => sum + total(failed), 0),
      fixed(Math.max(...of.map(({ p99Ms = 0 }) => p99Ms)), 0),
    ];
  });
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}

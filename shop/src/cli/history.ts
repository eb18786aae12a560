import { type HistoryEntry, type Home, readHistory, showChange } from "@theseus/runtime/control";
import { table } from "./table.js";

/** Shows what was changed when, the oldest first. */
export function history(home: Home, flags: { readonly json?: true }): number {
  const entries = readHistory(home);
  if (flags.json) console.log(JSON.stringify(entries, null, 2));
  else if (entries.length === 0) console.log(`Nothing was changed in ${home.path} yet.`);
  else console.log(showHistory(entries));
  return 0;
}

export function showHistory(entries: readonly HistoryEntry[]): string {
  return table([["AT", "CHANGE", "SECONDS", "BEFORE", "AFTER", "END"], ...entries.map(row)]);
}

function row({ change, at, seconds, from, to, undone }: HistoryEntry): readonly string[] {
  const end = undone === undefined ? "done" : `undone: ${undone.split("\n")[0]}`;
  return [
    at.slice(0, 19).replace("T", " "),
    showChange(change),
    seconds.toFixed(1),
    show(from),
    show(to),
    end,
  ];
}

/** `2 x go 4f1c2ab90d12` */
function show(implementations: HistoryEntry["from"]): string {
  const names = implementations.map(
    ({ language, source, contentHash, admission }) =>
      `${source ?? language} ${contentHash.slice(0, 12)}${unproven(admission)}`,
  );
  return [...new Set(names)].map((name) => `${count(names, name)}${name}`).join(", ");
}

function unproven(admission: HistoryEntry["to"][number]["admission"]): string {
  return admission?.by === "reason" ? ` WITHOUT PROOF (${admission.reason})` : "";
}

function count(names: readonly string[], name: string): string {
  const times = names.filter((each) => each === name).length;
  return times === 1 ? "" : `${times} x `;
}

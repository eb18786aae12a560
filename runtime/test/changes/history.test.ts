import { appendFileSync } from "node:fs";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import type { Change } from "../../src/changes/change.js";
import {
  appendHistory,
  formerImplementation,
  type HistoryEntry,
  historyFile,
  readHistory,
} from "../../src/changes/history.js";

describe("the history of changes", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const home = { path: scratch.path };

  it("is empty before the first change", () => {
    expect(readHistory(home)).to.deep.equal([]);
  });

  it("keeps what was changed, and leaves out a line that a crash cut off", () => {
    const entry = swapped("go", "java");
    appendHistory(home, entry);
    appendFileSync(historyFile(home), '{"change":{"kind":"sw');
    expect(readHistory(home)).to.deep.equal([entry]);
  });

  it("goes back to what ran before the last swap that was made", () => {
    const back = (...entries: readonly HistoryEntry[]) => formerImplementation(entries, "ship")?.language;
    expect(back()).to.equal(undefined);
    expect(back(swapped("go", "java"), swapped("java", "rust"))).to.equal("java");
    expect(back(swapped("go", "java"), { ...swapped("java", "rust"), undone: "it was ill" })).to.equal("go");
    expect(back(swapped("go", "java"), restarted("java"))).to.equal("go");
    expect(back(swapped("go", "java"), rolledBack("java", "go"))).to.equal("java");
    expect(back({ ...swapped("go", "java"), change: { kind: "restart", service: "chart" } })).to.equal(
      undefined,
    );
  });
});

function swapped(from: string, to: string): HistoryEntry {
  return entryOf({ kind: "swap", service: "ship", to }, from, to);
}

function rolledBack(from: string, to: string): HistoryEntry {
  return entryOf({ kind: "rollback", service: "ship" }, from, to);
}

function restarted(language: string): HistoryEntry {
  return entryOf({ kind: "restart", service: "ship" }, language, language);
}

function entryOf(change: Change, from: string, to: string): HistoryEntry {
  const running = (language: string) => [{ language, folder: `/${language}`, contentHash: language }];
  return { change, at: "2026-01-01T00:00:00.000Z", seconds: 1, from: running(from), to: running(to) };
}

import { chmodSync, renameSync } from "node:fs";
import { join } from "node:path";
import { createLogRecorder, createScratchFolder, eventually, type ScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { createLog, type Followed, follow, privateFile, rereading, sameForSame } from "../src/index.js";

describe("A private file that is followed", () => {
  let folder: ScratchFolder;
  let followed: Followed<{ readonly text: string }>;
  let log: () => string;
  const changes: string[] = [];

  beforeEach(() => {
    folder = createScratchFolder();
    changes.length = 0;
    const parse = sameForSame((text) => {
      if (text === "sesame") throw new Error("is wrong");
      return { text };
    });
    const reading = rereading(privateFile("CHART", parse)).read({ CHART: folder.file("chart", "one") });
    if ("faults" in reading) throw new Error("it is right");
    const { destination, text } = createLogRecorder();
    log = text;
    followed = follow(reading.value, {
      log: createLog({ level: "info", name: "test", destination }),
      onChange: (value) => changes.push(value.text),
      checkMs: 5,
    });
  });
  afterEach(() => {
    followed[Symbol.dispose]();
    folder[Symbol.dispose]();
  });

  const replaceBy = (content: string) => renameSync(folder.file("next", content), join(folder.path, "chart"));
  const faults = () =>
    log()
      .split("\n")
      .filter((line) => line.includes('"variable":"CHART"'));

  it("is as it was at first, and then as it was replaced", async () => {
    expect(followed.current().text).to.equal("one");
    replaceBy("two");
    await eventually("the second", () => followed.current().text === "two");
    expect(changes).to.deep.equal(["two"]);
  });

  it("stays as it was while it is faulty, which is told once", async () => {
    replaceBy("sesame");
    await eventually("it is told", () => faults().length === 1);
    chmodSync(join(folder.path, "chart"), 0o644);
    await eventually("the other fault is told", () => faults().length === 2);
    expect(followed.current().text).to.equal("one");
    replaceBy("three");
    await eventually("the third", () => followed.current().text === "three");
    expect(faults()).to.have.length(2);
    expect(log()).not.to.contain("sesame");
  });
});

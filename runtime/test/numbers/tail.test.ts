import { appendFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { tailFile } from "../../src/numbers/tail.js";

describe("the end of a file", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());

  it("is read as it grows, whole lines alone, and what was there before is not", () => {
    const path = join(scratch.path, "grows");
    const lines: string[] = [];
    appendFileSync(path, "before\n");
    using tail = tailFile(path, (more) => lines.push(...more));
    appendFileSync(path, "a\nb");
    tail.poll();
    expect(lines).to.deep.equal(["a"]);
    appendFileSync(path, "c\n");
    tail.poll();
    expect(lines).to.deep.equal(["a", "bc"]);
  });

  it("goes on in the file that takes its place, and leaves out nothing of either", () => {
    const path = join(scratch.path, "moves");
    const lines: string[] = [];
    using tail = tailFile(path, (more) => lines.push(...more));
    tail.poll();
    appendFileSync(path, "a\n");
    tail.poll();
    appendFileSync(path, "b\n");
    renameSync(path, `${path}.1`);
    tail.poll();
    appendFileSync(`${path}.1`, "c\n");
    appendFileSync(path, "d\n");
    tail.poll();
    expect(lines).to.deep.equal(["a", "b", "c", "d"]);
  });
});

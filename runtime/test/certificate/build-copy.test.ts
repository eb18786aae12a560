import { existsSync, mkdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { removeOldCopies } from "../../src/certificate/build-copy.js";

describe("copies of what was built", () => {
  it("go when nobody needs them, but for those that were made last", () => {
    using scratch = createScratchFolder();
    const names = ["needed", "oldest", "old", "new", "newest"];
    for (const [index, name] of names.entries()) {
      mkdirSync(join(scratch.path, name));
      utimesSync(join(scratch.path, name), index + 1, index + 1);
    }
    removeOldCopies(scratch.path, ["needed"], 2);
    expect(names.filter((name) => existsSync(join(scratch.path, name)))).to.deep.equal([
      "needed",
      "new",
      "newest",
    ]);
    removeOldCopies(join(scratch.path, "none"), []);
  });
});

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { withVariables } from "../src/targets/environment.js";

describe("an environment with the variables of a case", () => {
  it("has them besides what was there, or instead of it, and not those that are null", () => {
    const variables = { B: "new", C: null, D: "5" };
    expect(withVariables({ A: "a", B: "b", C: "c" }, variables, "/nowhere")).to.eql({
      A: "a",
      B: "new",
      D: "5",
    });
  });

  it("has the paths of files that are private unless the case says otherwise", () => {
    using folder = createScratchFolder();
    const variables = { KEYS: { $file: { keys: [] } }, OPEN: { $file: "text", mode: "644" } };
    const { KEYS = "", OPEN = "" } = withVariables({}, variables, join(folder.path, "files"));
    expect([readFileSync(KEYS, "utf8"), readFileSync(OPEN, "utf8")]).to.eql(['{"keys":[]}', "text"]);
    expect([KEYS, OPEN].map((path) => statSync(path).mode & 0o777)).to.eql([0o600, 0o644]);
  });
});

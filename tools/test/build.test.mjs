import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { removeStaleOutput } from "../checkout/stale-output.mjs";
import { workspaces } from "../checkout/workspaces.mjs";

describe("npm run build", () => {
  /** @type {string} */
  let root;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "theseus-build-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("removes what was compiled from a file that is gone, and keeps the rest", () => {
    write("src/ship.ts", "src/hull/plank.ts", "dist/tsconfig.tsbuildinfo", "dist/src/data.json");
    for (const name of ["src/ship", "src/hull/plank", "src/mast", "src/rig/sail", "test/sail.test"])
      write(...["js", "d.ts", "js.map"].map((ending) => `dist/${name}.${ending}`));
    const gone = ["src/mast", "src/rig/sail", "test/sail.test"];
    const files = gone.flatMap((name) => ["d.ts", "js", "js.map"].map((ending) => `dist/${name}.${ending}`));
    expect(removeStaleOutput(root)).to.deep.equal(files);
    expect(removeStaleOutput(root)).to.deep.equal([]);
    expect(existsSync(join(root, "dist/src/rig"))).to.equal(false);
    expect(existsSync(join(root, "dist/test"))).to.equal(false);
  });

  it("finds the packages by the globs of package.json", () => {
    write("gen/package.json", "services/b/typescript/package.json", "services/a/typescript/package.json");
    write("services/a/go/go.mod", "services/c/typescript/README.md", "services/README.md");
    writeFileSync(join(root, "package.json"), '{ "workspaces": ["gen", "services/*/typescript", "none"] }');
    expect(workspaces(root)).to.deep.equal(["gen", "services/a/typescript", "services/b/typescript"]);
  });

  /** @param {string[]} files */
  function write(...files) {
    for (const file of files) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), "");
    }
  }
});

import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { takeBuildLock } from "../checkout/build-lock.mjs";
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

describe("the lock of a build", () => {
  /** @type {string} */
  let root;
  /** @type {string} */
  let path;
  /** @type {string[]} */
  let said;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "theseus-lock-"));
    path = join(root, "own/build.lock");
    said = [];
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const take = () => takeBuildLock(path, (line) => said.push(line));

  it("is in a private folder, and makes the next one wait and say for whom", async () => {
    const release = await take();
    expect(statSync(dirname(path)).mode & 0o777).to.equal(0o700);
    const next = take();
    expect(await Promise.race([next, waited()])).to.equal("waited");
    expect(said).to.deep.equal([`waiting for the build of process ${process.pid}`]);
    release();
    (await next)();
    expect(existsSync(path)).to.equal(false);
  });

  it("is taken over from a dead process, also when its pid is another's, or its name is missing", async () => {
    mkdirSync(dirname(path));
    for (const content of ["999999999 1", `${process.pid} 1`, `${process.pid} `, ""]) {
      writeFileSync(path, content);
      utimesSync(path, 1, 1);
      (await take())();
    }
    expect(said).to.deep.equal([]);
  });

  it("is named when something else is in its place", async () => {
    mkdirSync(path, { recursive: true });
    const failure = await take().then(String, String);
    expect(failure).to.contain(`${path} is in the place of the build's lock and is none (EISDIR)`);
    rmSync(dirname(path), { recursive: true });
    writeFileSync(dirname(path), "");
    expect(await take().then(String, String)).to.contain(`The lock ${path} cannot be made`);
  });

  /** Long enough for a lock that nobody has to be taken. */
  async function waited() {
    while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    return "waited";
  }
});

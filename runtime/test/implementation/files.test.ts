import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createScratchFolder, type ScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { contentHash, runFiles } from "../../src/implementation/content-hash.js";
import { listFiles } from "../../src/implementation/file-list.js";
import { readImplementation } from "../../src/implementation/implementation.js";

describe("the files of an implementation", () => {
  let scratch: ScratchFolder;
  beforeEach(() => {
    scratch = createScratchFolder();
  });
  afterEach(() => scratch[Symbol.dispose]());

  it("are those that its lists name", () => {
    for (const path of [
      "main.go",
      "main_test.go",
      "go.mod",
      "in/a.go",
      "in/deep/b_test.go",
      "in/.c",
      "../lua/x.lua",
    ])
      write(`ship/${path}`);
    for (const path of ["node_modules/a.go", "in/__pycache__/a.go"]) write(`ship/${path}`);
    const list = (...patterns: string[]) =>
      listFiles(join(scratch.path, "ship"), patterns).map(({ path }) => path);
    expect(list("*.go", "in", "!*_test.go")).to.deep.equal(["in/a.go", "main.go"]);
    expect(list("*")).to.deep.equal(["go.mod", "in/a.go", "in/deep/b_test.go", "main.go", "main_test.go"]);
    expect(list("in", "!deep")).to.deep.equal(["in/a.go"]);
    expect(list("../lua", "in/.c", "none", "none/*")).to.deep.equal(["../lua/x.lua", "in/.c"]);
  });

  it("have one hash wherever they lie and whenever they were written", async () => {
    const hashOf = (folder: string) => contentHash(readImplementation(join(folder, "implementation.json")));
    const [one, two] = ["one", "two"].map((name) => {
      write(`${name}/main`);
      write(`${name}/implementation.json`, implementation(["main"]));
      return join(scratch.path, name);
    });
    if (one === undefined || two === undefined) throw new Error("there are two");
    utimesSync(join(two, "main"), 1, 1);
    const before = await hashOf(one);
    expect(await hashOf(two)).to.equal(before);
    chmodSync(join(two, "main"), 0o700);
    expect(await hashOf(two), "a program").not.to.equal(before);
    write("one/implementation.json", implementation(["main"], ["./main", "--fast"]));
    expect(await hashOf(one), "another command").not.to.equal(before);
  });

  it("are, of Node.js, all packages that it needs, as Node.js finds them", () => {
    // The workspace has a kit of its own, which needs another edition of a library than the implementation.
    for (const [path, dependencies] of [
      ["ship", { kit: "1", "@rope/knot": "2" }],
      ["kit", { "@rope/knot": "1", gone: "1" }],
      ["node_modules/@rope/knot", {}],
      ["ship/node_modules/@rope/knot", { hemp: "1" }],
      ["node_modules/hemp", {}],
      ["node_modules/unneeded", {}],
    ] as const) {
      write(`${path}/package.json`, JSON.stringify({ dependencies }));
      for (const file of ["dist/index.js", "dist/index.js.map", "dist/test/a.js", "src/index.ts"])
        write(`${path}/${file}`);
    }
    symlinkSync("../kit", join(scratch.path, "node_modules/kit"));
    write("ship/implementation.json", implementation(["dist", "node_modules", "!*.map", "!test"]));
    const files = runFiles(readImplementation(join(scratch.path, "ship/implementation.json")));
    expect(files.map(({ path }) => path).filter((path) => !path.endsWith("package.json"))).to.have.members([
      "implementation/dist/index.js",
      "implementation/implementation.json",
      "implementation/node_modules/@rope/knot/dist/index.js",
      "implementation/node_modules/@rope/knot/src/index.ts",
      "node_modules/@rope/knot/dist/index.js",
      "node_modules/@rope/knot/src/index.ts",
      "node_modules/hemp/dist/index.js",
      "node_modules/hemp/src/index.ts",
      "node_modules/kit/dist/index.js",
    ]);
  });

  it("never lie above the folder of its service", () => {
    write("ship/implementation.json", implementation(["../../etc"]));
    expect(() => readImplementation(join(scratch.path, "ship/implementation.json"))).to.throw(
      '"files" reaches above the folder of its service: ../../etc',
    );
  });

  function write(path: string, content = "x"): void {
    const file = join(scratch.path, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
});

function implementation(files: readonly string[], run = ["./main"]): string {
  return JSON.stringify({ name: "ship", language: "go", run, files });
}

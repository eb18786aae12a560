import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { chooseWanted } from "../../src/changes/choose-implementation.js";
import { contentHash } from "../../src/implementation/content-hash.js";
import { describeHome } from "../../src/system/home.js";
import { fleet } from "../fleet.js";

const ship = fleet.workloads.find(({ name }) => name === "ship") as (typeof fleet.workloads)[number];

describe("the implementation that somebody wants", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const checkout = join(scratch.path, "checkout");
  const place = {
    checkout,
    home: describeHome(join(scratch.path, "home")),
    env: process.env,
    signal: new AbortController().signal,
  };
  const said: string[] = [];
  const choose = (wanted: string) => chooseWanted(place, ship, wanted, (line) => said.push(line));
  let first = "";

  before(() => {
    write("fleet/ship/go", "ship", "first");
    write("fleet/ship/rust", "ship", "first");
    git("init", "--quiet");
    git("add", ".");
    git("-c", "user.name=Test", "-c", "user.email=test@test.test", "commit", "--quiet", "-m", "first");
    first = git("rev-parse", "HEAD").trim();
    write("fleet/ship/go", "ship", "second");
  });

  it("is one of the checkout, by its language", async () => {
    const { implementation, source } = await choose("go");
    expect(implementation.folder).to.equal(join(checkout, "fleet/ship/go"));
    expect(source).to.equal(undefined);
  });

  it("is one in any folder, if it is of this service", async () => {
    write("elsewhere", "ship", "mine");
    write("other", "chart", "mine");
    const folder = join(checkout, "elsewhere");
    expect(await choose(folder)).to.deep.include({ source: folder });
    expect(await choose(join(checkout, "other")).then(String, String)).to.contain(
      "is an implementation of chart, not of ship",
    );
  });

  it("is one of the checkout as it was at a revision", async () => {
    for (const revision of ["HEAD", first]) {
      const { implementation, source } = await choose(`go@${revision}`);
      expect(source).to.equal(`go@${first.slice(0, 12)}`);
      expect(readFileSync(join(implementation.folder, "main"), "utf8")).to.equal("first");
    }
    expect(said, "made once").to.have.length(1);
  });

  it("is refused in one line when there is none", async () => {
    const refused = async (wanted: string) => String(await choose(wanted).then(String, String));
    expect(await refused("cobol"))
      .to.contain('no implementation "cobol" of ship')
      .and.contain("go, rust");
    expect(await refused("go@no-such"))
      .to.contain('no revision "no-such"')
      .and.contain("git log");
    expect(await refused("go@--help")).to.contain('no revision "--help"');
    expect(await refused(join(checkout, "nowhere"))).to.contain("nowhere");
  });

  it("has a hash that changes with each file, but for its tests and what tools keep", async () => {
    const { implementation } = await choose("rust");
    const before = await contentHash(implementation);
    mkdirSync(join(implementation.folder, "tests"));
    mkdirSync(join(implementation.folder, ".cache"));
    for (const path of ["tests/a", ".cache/b"]) writeFileSync(join(implementation.folder, path), "x");
    expect(await contentHash(implementation)).to.equal(before);
    writeFileSync(join(implementation.folder, "main"), "firsT");
    expect(await contentHash(implementation)).not.to.equal(before);
  });

  function write(path: string, name: string, content: string): void {
    const folder = join(checkout, path);
    mkdirSync(folder, { recursive: true });
    const implementation = { name, language: path.split("/").at(-1), run: ["./main"] };
    writeFileSync(join(folder, "implementation.json"), JSON.stringify(implementation));
    writeFileSync(join(folder, "main"), content);
  }

  function git(...args: readonly string[]): string {
    return execFileSync("git", ["-C", checkout, ...args], { encoding: "utf8" });
  }
});

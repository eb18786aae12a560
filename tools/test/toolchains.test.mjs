import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { readJunit } from "../junit.mjs";

const TOOLCHAINS = join(dirname(fileURLToPath(import.meta.url)), "../toolchains.mjs");

describe("npm run toolchains", () => {
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "theseus-toolchains-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("names every program that is missing, and where it comes from", () => {
    const { status, stdout } = look("go", "java");
    expect(status).to.equal(1);
    expect(stdout).to.match(/^go +go +is not on PATH: \S+$/m);
    expect(stdout)
      .to.match(/^java +javac +is not on PATH: \S+$/m)
      .and.to.match(/^java +mvn +is not on PATH/m);
  });

  it("takes the least version and later ones, and says what is too old", () => {
    install("go", "echo go version go1.26.0 linux/amd64");
    install("javac", "echo javac 25");
    install("mvn", "printf '\\033[1mApache Maven 3.6.3\\033[m\\n'");
    const { status, stdout } = look("go", "java");
    expect(status).to.equal(1);
    expect(stdout)
      .to.match(/^go +go +1\.26\.0$/m)
      .and.to.match(/^java +javac +25$/m);
    expect(stdout).to.match(/^java +mvn +3\.6\.3 is too old, 3\.8 is needed: /m);
  });

  it("is content when all is here", () => {
    install("cargo", "echo 'cargo 1.100.2 (0123 2026-01-01)'");
    expect(look("rust").status).to.equal(0);
  });

  it("refuses a language that it does not know", () => {
    const { status, stderr } = look("cobol");
    expect(status).to.equal(2);
    expect(stderr).to.include("cobol; there are: go, java, python, rust, typescript");
  });

  function install(program, script) {
    writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  function look(...languages) {
    return spawnSync(process.execPath, [TOOLCHAINS, ...languages], {
      encoding: "utf8",
      env: { PATH: folder },
    });
  }
});

describe("the results of other languages' tests", () => {
  it("are counted, with the reason of each skip", () => {
    const folder = mkdtempSync(join(tmpdir(), "theseus-junit-"));
    const path = join(folder, "junit.xml");
    writeFileSync(
      path,
      `<testsuites><testsuite name="a">
        <testcase classname="a" name="passes" time="0.1"/>
        <testcase name="passes too" classname="a"><system-out>&lt;failure/></system-out></testcase>
        <testcase classname="a" name="fails"><failure message="no">1 is not 2</failure></testcase>
        <testcase classname="a" name="breaks"><error message="no"/></testcase>
        <testcase classname="a" name="waits"><skipped message="STORE is &quot;&quot;"></skipped></testcase>
      </testsuite></testsuites>`,
    );
    const counts = readJunit(path);
    rmSync(folder, { recursive: true });
    expect(counts).to.deep.equal({ passed: 2, failed: 2, skipped: ['a waits (skipped: STORE is "")'] });
  });
});

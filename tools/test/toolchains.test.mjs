import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createScratchFolder, runToEnd } from "@theseus/testing";
import { expect } from "chai";
import { readJunit } from "../steps/junit.mjs";

const TOOLCHAINS = join(dirname(fileURLToPath(import.meta.url)), "../toolchains.mjs");

describe("npm run toolchains", () => {
  /** @type {import("@theseus/testing").ScratchFolder} */
  let folder;
  beforeEach(() => {
    folder = createScratchFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  it("names every program that is missing, and where it comes from", async () => {
    const { code, stdout } = await look("go", "java");
    expect(code).to.equal(1);
    expect(stdout).to.match(/^go +go +is not on PATH: \S+$/m);
    expect(stdout)
      .to.match(/^java +javac +is not on PATH: \S+$/m)
      .and.to.match(/^java +mvn +is not on PATH/m);
  });

  it("takes the least version and later ones, and says what is too old", async () => {
    install("go", "echo go version go1.26.0 linux/amd64");
    install("javac", "echo javac 25");
    install("mvn", "printf '\\033[1mApache Maven 3.6.3\\033[m\\n'");
    const { code, stdout } = await look("go", "java");
    expect(code).to.equal(1);
    expect(stdout)
      .to.match(/^go +go +1\.26\.0$/m)
      .and.to.match(/^java +javac +25$/m);
    expect(stdout).to.match(/^java +mvn +3\.6\.3 is too old, 3\.8 is needed: /m);
  });

  it("is content when all is here", async () => {
    install("cargo", "echo 'cargo 1.100.2 (0123 2026-01-01)'");
    expect((await look("rust")).code).to.equal(0);
  });

  it("refuses a language that it does not know", async () => {
    const { code, stderr } = await look("cobol");
    expect(code).to.equal(2);
    expect(stderr).to.include("cobol; there are: go, java, python, rust, typescript");
  });

  it("are looked for once in a process, however often it asks", async () => {
    const asked = join(folder.path, "asked");
    install("cargo", `echo asked >>${asked}; echo 'cargo 1.100.2'`);
    const script = `import { missingToolchain } from ${JSON.stringify(pathToFileURL(TOOLCHAINS).href)};
      console.log(missingToolchain("rust"), missingToolchain("rust"));`;
    const command = /** @type {const} */ ([process.execPath, "--input-type=module", "-e", script]);
    const { stdout } = await runToEnd(command, { env: { PATH: folder.path } });
    expect(stdout).to.equal("undefined undefined\n");
    expect(readFileSync(asked, "utf8")).to.equal("asked\n");
  });

  /**
   * @param {string} program
   * @param {string} script
   */
  function install(program, script) {
    folder.file(program, `#!/bin/sh\n${script}\n`, 0o755);
  }

  /** @param {string[]} languages */
  function look(...languages) {
    return runToEnd([process.execPath, TOOLCHAINS, ...languages], { env: { PATH: folder.path } });
  }
});

describe("the results of other languages' tests", () => {
  const folder = createScratchFolder();
  after(() => folder[Symbol.dispose]());

  it("are counted, with the title of each failure and the reason of each skip", () => {
    const path = folder.file(
      "junit.xml",
      `<testsuites><testsuite name="a">
        <testcase classname="a" name="passes" time="0.1"/>
        <testcase name="passes too" classname="a"><system-out>&lt;failure/></system-out></testcase>
        <testcase classname="a" name="fails"><failure message="no">1 is not 2</failure></testcase>
        <testcase classname="a" name="breaks"><error message="no"/></testcase>
        <testcase classname="a" name="waits"><skipped message="STORE is &quot;&quot;"></skipped></testcase>
      </testsuite></testsuites>`,
    );
    const counts = readJunit(path);
    const failed = ["a fails: no", "a breaks: no"];
    expect(counts).to.deep.equal({ passed: 2, failed, skipped: ['a waits (skipped: STORE is "")'] });
  });
});

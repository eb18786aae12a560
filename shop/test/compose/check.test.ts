import { chmodSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { createScratchFolder, runToEnd, type ScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { checkout } from "./compose-file.js";

const program = join(checkout, "shop/bin/theseus.mjs");

/** What a docker command answers, by how its arguments begin; anything else fails. */
type Answers = Readonly<Record<string, string>>;

const well: Answers = {
  "--version": "Docker version 28.5.2",
  "version --format": "28.5.2",
  "compose version": "2.40.3",
  "info --format": String(8 * 2 ** 30),
  "compose ps": "",
};

describe("theseus compose check", () => {
  let scratch: ScratchFolder;
  let server: Server;
  let taken: number;

  before(async () => {
    scratch = createScratchFolder();
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    taken = (server.address() as { port: number }).port;
  });

  after(() => {
    server.close();
    scratch[Symbol.dispose]();
  });

  for (const [what, answers, says] of [
    ["no docker", undefined, "There is no docker on PATH."],
    ["no engine", { "--version": "Docker version 28.5.2" }, "No Docker engine answers: start it"],
    [
      "an old engine",
      { ...well, "version --format": "24.0.7" },
      "Docker Engine 24.0.7 is too old: the networks need 28",
    ],
    [
      "no compose",
      without(well, "compose version"),
      "docker compose is missing: install its plugin, 2.30 or newer.",
    ],
    [
      "an old compose",
      { ...well, "compose version": "v2.21.0" },
      "docker compose v2.21.0 is too old: 2.30 or newer",
    ],
    [
      "no memory",
      { ...well, "info --format": String(2 ** 30) },
      "The engine has 1.0 GiB of memory: give it 3 or more.",
    ],
  ] as const) {
    it(`says in a line what to do when there is ${what}`, async () => {
      const { code, stderr } = await check(answers, { THESEUS_PORT: "0" });
      expect(code).to.equal(1);
      expect(stderr).to.include(says);
    });
  }

  it("names a port that somebody else has", async () => {
    const { code, stderr } = await check(well, { THESEUS_PORT: String(taken) });
    expect(code).to.equal(1);
    expect(stderr).to.equal(`Port ${taken} is taken: free it, or set THESEUS_PORT.\n`);
  });

  it("takes the port of the shop that runs already as it is", async () => {
    const { code } = await check({ ...well, "compose ps": "4711" }, { THESEUS_PORT: String(taken) });
    expect(code).to.equal(0);
  });

  it("names a variable with an implementation that does not exist", async () => {
    const { code, stderr } = await check(well, { THESEUS_PORT: "0", THESEUS_INVENTORY: "cobol" });
    expect(code).to.equal(1);
    expect(stderr).to.equal("THESEUS_INVENTORY=cobol: there is go, typescript.\n");
  });

  it("says when nothing stands in the way", async () => {
    const { code, stdout } = await check(well, { THESEUS_PORT: "0", THESEUS_INVENTORY: "go" });
    expect(stdout).to.equal("Nothing stands in the way: docker compose up --build\n");
    expect(code).to.equal(0);
  });

  function check(answers: Answers | undefined, variables: Readonly<Record<string, string>>) {
    const PATH = answers === undefined ? "/nowhere" : docker(answers);
    return runToEnd([process.execPath, program, "compose", "check"], { env: { PATH, ...variables } });
  }

  /** A folder with a docker that answers so. */
  function docker(answers: Answers): string {
    const cases = Object.entries(answers).map(([begin, answer]) => `"${begin}"*) echo "${answer}" ;;`);
    const path = join(scratch.path, "docker");
    writeFileSync(path, `#!/bin/sh\ncase "$*" in\n${cases.join("\n")}\n*) exit 1 ;;\nesac\n`);
    chmodSync(path, 0o755);
    return scratch.path;
  }
});

function without(answers: Answers, key: string): Answers {
  return Object.fromEntries(Object.entries(answers).filter(([begin]) => begin !== key));
}

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { openProofs, type ProofDefinition, type Proofs } from "../../src/certificate/index.js";
import { type Implementation, readImplementation } from "../../src/implementation/implementation.js";
import { describeHome, type Home, prepareHome } from "../../src/system/home.js";

/** A checkout with a service, an implementation that is built already, and a suite that takes no time. */
export interface Shipyard extends Disposable {
  readonly home: Home;
  readonly checkout: string;
  readonly env: NodeJS.ProcessEnv;
  /** Another moment, for whoever asks for the time from now on. */
  setTime(now: Date): void;
  write(path: string, content: string): void;
  read(path: string): string;
  /** Each opening reads everything anew. */
  proofs(changes?: Partial<ProofDefinition>): Promise<Proofs>;
  implementation(folder?: string): Implementation;
}

/** A ship that sinks fails one case, and one that is not there fails without a word of the cases. */
const runner = `
  import { readFileSync, writeFileSync } from "node:fs";
  const [folder, results] = process.argv.slice(2);
  const sinks = readFileSync(folder + "/bin/ship", "utf8").includes("sinks");
  console.log("the suite has run");
  writeFileSync(results, JSON.stringify({ results: [
    { name: "ship/contract", outcome: "passed", clauses: [] },
    { name: "ship/floats", outcome: sinks ? "failed" : "passed", why: "it sank", clauses: ["hull.tight"] },
  ] }));
  process.exitCode = sinks ? 1 : 0;`;

const files: Readonly<Record<string, string>> = {
  "README.md": "about it",
  "suite/cases.yaml": "cases",
  "suite/peers.yaml": "peers",
  "suite/run.mjs": runner,
  "suite/run.test.mjs": "a test",
  "fleet/ship/storage.md": "what is kept",
  "fleet/ship/lua/load.lua": "return 1",
  "fleet/ship/go/README.md": "about it",
  "fleet/ship/go/main.go": "package main",
  "fleet/ship/go/main_test.go": "package main",
  "fleet/ship/go/go.sum": "h1:",
  "fleet/ship/go/bin/ship": "a ship",
  "fleet/ship/go/version.mjs": "console.log('1.0 of a yard')",
  "fleet/ship/go/implementation.json": JSON.stringify({
    name: "ship",
    language: "go",
    run: ["bin/ship"],
    sources: ["*.go", "!*_test.go"],
    locks: ["go.sum"],
    files: ["bin", "version.mjs", "../lua"],
    version: ["node", "version.mjs"],
  }),
};

const definition: ProofDefinition = {
  covers: (service) => ({
    "suite: cases": ["suite/cases.yaml"],
    "suite: played peers": ["suite/peers.yaml"],
    "suite: runner": ["suite/*.mjs", "!*.test.mjs"],
    "storage page": [`fleet/${service}/storage.md`],
    "store scripts": [`fleet/${service}/lua`],
  }),
  checks: ({ service, implementation: { folder }, wanted }) => [
    {
      name: "suite",
      command: ["node", "suite/run.mjs", folder],
      hasResults: true,
      repeat: (test) => `run ${service} ${wanted} ${test}`,
    },
  ],
  fingerprint: ["ship/contract"],
};

export function createShipyard(): Shipyard {
  const scratch = createScratchFolder();
  const checkout = join(scratch.path, "checkout");
  const home = describeHome(join(scratch.path, "home"));
  prepareHome(home);
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, LANG: "C" };
  const contract = new Uint8Array([1, 2, 3]);
  let now = new Date();
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), content);
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  return {
    home,
    checkout,
    env,
    setTime: (time) => {
      now = time;
    },
    write,
    read: (path) => readFileSync(join(checkout, path), "utf8"),
    proofs: (changes = {}) =>
      openProofs({
        home,
        checkout,
        env,
        contract,
        definition: { ...definition, ...changes },
        now: () => now,
      }),
    implementation: (folder = join(checkout, "fleet/ship/go")) =>
      readImplementation(join(folder, "implementation.json")),
    [Symbol.dispose]: () => {
      rmSync(scratch.path, { recursive: true, force: true });
    },
  };
}

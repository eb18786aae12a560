import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { processIdentity } from "../src/process/process-identity.js";
import { runFolder } from "../src/process/run-folder.js";
import { readState } from "../src/process/state-file.js";
import { type RunOptions, runSystem } from "../src/supervisor/index.js";
import { describeHome } from "../src/system/home.js";
import type { Endpoints, System } from "../src/system/system.js";
import { fleet } from "./fleet.js";
import { runOptions } from "./run-options.js";

/**
 * A process of the launch protocol that answers every request with its environment; or that ends at once, and leaves what
 * the supervisor had started by then.
 */
const application = `
  import { copyFileSync } from "node:fs";
  import { createServer } from "node:http";
  const { LISTEN, SAILS } = process.env;
  if (SAILS === "torn") {
    copyFileSync("../home/state.json", "../seen.json");
    throw new Error("the sails are torn");
  }
  const server = createServer((_, response) => response.end(JSON.stringify(process.env)));
  server.listen(LISTEN.slice("unix:".length), () => {
    console.log(JSON.stringify({ event: "listening", address: LISTEN, version: "7" }));
  });
  process.on("SIGTERM", () => process.exit(0));`;

describe("a system that runs", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const checkout = scratch.path;
  const home = describeHome(join(checkout, "home"));
  const run = () => runFolder(`home ${home.path}`);

  before(() => {
    mkdirSync(join(checkout, "pier"));
    writeFileSync(join(checkout, "pier", "main.mjs"), application);
    const implementation = { name: "pier", language: "javascript", run: ["node", "main.mjs"] };
    writeFileSync(join(checkout, "pier", "implementation.json"), JSON.stringify(implementation));
  });

  it("is what its topology says, does its jobs, and leaves nothing behind", async () => {
    const told: string[] = [];
    const options = optionsFor(told);
    let answer: Record<string, string> = {};
    let pids: number[] = [];
    const look = async ({ http, secrets }: Endpoints) => {
      answer = (await (await fetch(http, { headers: { connection: "close" } })).json()) as typeof answer;
      pids = (readState(home.state)?.processes ?? []).map(({ pid }) => pid);
      expect(secrets).to.deep.equal({ crew: join(home.secrets, "crew.json") });
      return "looked";
    };
    await runSystem(system({ jobs: [{ title: "look around", run: look }] }), {
      ...options,
      onOpen: () => options.stop.request(),
    });
    expect(answer).to.include({ MESH: `unix:${join(run(), "pier-1", "mesh.sock")}`, SAILS: "white" });
    expect(told.join("\n")).to.contain("look around: looked");
    expect(pids).to.have.length(2);
    expectNothingLeft(pids);
  });

  it("leaves nothing behind when its start fails halfway", async () => {
    const options = optionsFor([], { SAILS: "torn" });
    const failure = await runSystem(system(), options).then(String, String);
    expect(failure).to.contain("pier-1 ended at start").and.contain("the sails are torn");
    const processes = readState(join(checkout, "seen.json"))?.processes ?? [];
    expect(processes.map(({ name }) => name)).to.include("pier-1-envoy");
    expectNothingLeft(processes.map(({ pid }) => pid));
  });

  it("leaves nothing behind when a job fails", async () => {
    const options = optionsFor([]);
    const fails = async () => Promise.reject(new Error("no wind"));
    const failure = await runSystem(system({ jobs: [{ title: "sail", run: fails }] }), options).then(
      String,
      String,
    );
    expect(failure).to.contain("The fleet cannot be opened: no wind");
    expectNothingLeft([]);
  });

  function system(changes: Partial<System> = {}): System {
    const [pier] = fleet.workloads;
    if (pier === undefined) throw new Error("the fleet has no pier");
    const variables = { ...pier.variables, SAILS: { from: "environment" } as const };
    return {
      topology: { ...fleet, workloads: [{ ...pier, variables }], externals: [] },
      contract: contractWithoutServices(),
      keepSecrets: (folder) => ({ crew: join(folder, "crew.json") }),
      jobs: [],
      ...changes,
    };
  }

  function optionsFor(told: string[], env: NodeJS.ProcessEnv = { SAILS: "white" }): RunOptions {
    return runOptions({ home, checkout, told, env });
  }

  function expectNothingLeft(pids: readonly number[]): void {
    expect(pids.map(processIdentity).filter((identity) => identity !== undefined)).to.deep.equal([]);
    expect(existsSync(home.state), "the state file").to.equal(false);
    expect(existsSync(home.lock), "the lock").to.equal(false);
    expect(readdirSync(run()), "sockets").to.deep.equal([]);
  }
});

function contractWithoutServices(): Uint8Array {
  const set = fromBinary(FileDescriptorSetSchema, descriptorSetBytes());
  for (const file of set.file) file.service = [];
  return toBinary(FileDescriptorSetSchema, set);
}

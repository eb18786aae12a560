import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import {
  endpointsFile,
  type Message,
  type SidecarOptions,
  sidecarBootstrap,
  tokenFilterFile,
} from "@theseus/mesh/envoy";
import { openAuthority, openSigningKeys, writeIdentity } from "@theseus/mesh/identity";
import { compilePolicy, peersOf } from "@theseus/mesh/policy";
import { provisionEnvoy } from "@theseus/runtime";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { topology } from "../../src/topology.js";
import { compactJson } from "./compact-json.js";
import { reviewedPorts, sidecarOptions } from "./sidecar-options.js";

const golden = fileURLToPath(new URL("../../../test/sidecars/golden/", import.meta.url));
const mark = "Made from the contract and the topology. Do not edit: THESEUS_GOLDEN=write npm test -w shop";
const policy = compilePolicy(descriptorSetBytes(), topology);

describe("The configuration of the shop's sidecars", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());

  it("is what was reviewed, for the check of access tokens", async () => {
    const { content } = tokenFilterFile(topology.identity, []);
    await compare("access-token.json", { "//": mark, ...content });
  });

  for (const workload of topology.workloads) {
    const { name } = workload;
    const ports = reviewedPorts(workload);

    it(`is what was reviewed, for ${name}`, async () => {
      const options = sidecarOptions({ policy, workload: name, home: "/run/theseus", ports });
      const made = { "//": mark, bootstrap: sidecarBootstrap(options) };
      await compare(`${name}.json`, made);
    });

    it(`is taken by Envoy, for ${name}`, async () => {
      const home = mkdtempSync(join(scratch.path, "e"));
      const zero = Object.fromEntries(Object.keys(ports).map((each) => [each, 0]));
      const options = sidecarOptions({ policy, workload: name, home, ports: zero });
      await writeFiles(options, home);
      await writeFile(join(home, "envoy.json"), JSON.stringify(sidecarBootstrap(options)));
      expect(await validate(join(home, "envoy.json"))).to.contain("OK");
    });
  }
});

async function writeFiles(options: SidecarOptions, home: string): Promise<void> {
  const { workload, paths, externals = {} } = options;
  mkdirSync(paths.xds);
  const authority = await openAuthority(join(home, "ca"), { topology });
  await writeIdentity(join(home, "id"), await authority.issue(workload));
  for (const name of Object.keys(externals))
    await writeIdentity(join(home, name), await authority.issueClient(workload));
  const keys = await (await openSigningKeys(join(home, "keys"))).publicKeys();
  const filter = tokenFilterFile(topology.identity, keys);
  const peers = peersOf(policy, topology, workload);
  const endpoints = peers.map((peer): [string, Message] => [`${peer}.eds.json`, endpointsFile(peer, [])]);
  const files = new Map([...endpoints, [filter.name, filter.content]]);
  for (const [name, content] of files) {
    await writeFile(join(paths.xds, name), JSON.stringify(content));
  }
}

async function validate(config: string): Promise<string> {
  const { file } = await provisionEnvoy({ env: process.env, report: () => {} });
  const run = promisify(execFile)(file, ["--mode", "validate", "-c", config, "--log-level", "warning"]);
  const { stdout, stderr } = await run;
  expect(stderr, "warnings, such as of deprecated fields").to.equal("");
  return stdout;
}

async function compare(name: string, made: unknown): Promise<void> {
  const text = `${compactJson(made)}\n`;
  if (process.env.THESEUS_GOLDEN === "write") await writeFile(join(golden, name), text);
  const reviewed = await readFile(join(golden, name), "utf8");
  expect(JSON.parse(reviewed), `${name} is not what the code makes now`).to.deep.equal(JSON.parse(text));
  expect(reviewed).to.equal(text);
}

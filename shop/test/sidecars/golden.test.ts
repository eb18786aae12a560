import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import {
  type ExternalAccess,
  endpointsFile,
  type Message,
  type SidecarOptions,
  sidecarBootstrap,
  sidecarFiles,
} from "@theseus/mesh/envoy";
import { identityPaths, openAuthority, openSigningKeys, writeIdentity } from "@theseus/mesh/identity";
import { compilePolicy, externalsOf, peersOf } from "@theseus/mesh/policy";
import { provisionEnvoy } from "@theseus/runtime";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { topology } from "../../src/topology.js";
import { compactJson } from "./compact-json.js";

const golden = fileURLToPath(new URL("../../../test/sidecars/golden/", import.meta.url));
const mark = "Made from the contract and the topology. Do not edit: THESEUS_GOLDEN=write npm test -w shop";
const policy = compilePolicy(descriptorSetBytes(), topology);

describe("The configuration of the shop's sidecars", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());

  for (const { name, port } of topology.workloads) {
    const ports = port === "edge" ? { edge: 8080 } : { mesh: 25001, developer: 9001 };

    it(`is what was reviewed, for ${name}`, async () => {
      const options = optionsFor(name, "/run/theseus", ports);
      const made = { "//": mark, bootstrap: sidecarBootstrap(options), files: sidecarFiles(options) };
      await compare(`${name}.json`, made);
    });

    it(`is taken by Envoy, for ${name}`, async () => {
      const home = mkdtempSync(join(scratch.path, "e"));
      const zero = Object.fromEntries(Object.keys(ports).map((each) => [each, 0]));
      const options = optionsFor(name, home, zero);
      await writeFiles(options, home);
      await writeFile(join(home, "envoy.json"), JSON.stringify(sidecarBootstrap(options)));
      expect(await validate(join(home, "envoy.json"))).to.contain("OK");
    });
  }
});

function optionsFor(workload: string, home: string, ports: SidecarOptions["ports"]): SidecarOptions {
  const externals = externalsOf(policy, topology, workload).map((name): [string, ExternalAccess] => [
    name,
    { host: "127.0.0.1", port: 26001, ...identityPaths(join(home, name)) },
  ]);
  return {
    policy,
    topology,
    workload,
    instance: "1",
    ports,
    paths: {
      app: join(home, "app.sock"),
      outbound: join(home, "out.sock"),
      admin: join(home, "admin.sock"),
      xds: join(home, "xds"),
      ...identityPaths(join(home, "id")),
      jwks: join(home, "keys/jwks.json"),
      accessLog: join(home, "access.log"),
    },
    externals: Object.fromEntries(externals),
  };
}

async function writeFiles(options: SidecarOptions, home: string): Promise<void> {
  const { workload, paths, externals = {} } = options;
  mkdirSync(paths.xds);
  const authority = await openAuthority(join(home, "ca"), { topology });
  await writeIdentity(join(home, "id"), await authority.issue(workload));
  for (const name of Object.keys(externals))
    await writeIdentity(join(home, name), await authority.issueClient(workload));
  await openSigningKeys(join(home, "keys"));
  const peers = peersOf(policy, topology, workload);
  const endpoints = peers.map((peer): [string, Message] => [`${peer}.eds.json`, endpointsFile(peer, [])]);
  for (const [name, content] of [...Object.entries(sidecarFiles(options)), ...endpoints]) {
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

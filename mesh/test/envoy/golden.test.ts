import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { provisionEnvoy } from "@theseus/runtime";
import { expect } from "chai";
import {
  endpointsFile,
  type Message,
  type SidecarOptions,
  sidecarBootstrap,
  sidecarFiles,
} from "../../src/envoy/index.js";
import { openAuthority, openSigningKeys, writeIdentity } from "../../src/identity/index.js";
import { externalsOf, peersOf } from "../../src/policy/index.js";
import { shop } from "../../src/topology.js";
import { Cleanup } from "../harness/cleanup.js";
import { compactJson } from "../harness/compact-json.js";
import { contractPolicy } from "../harness/contract-policy.js";
import { scratchFolder } from "../harness/scratch.js";

const golden = fileURLToPath(new URL("../../../test/envoy/golden/", import.meta.url));
const mark = "Made from the contract and the topology. Do not edit: THESEUS_GOLDEN=write npm test -w mesh";
const policy = contractPolicy();

describe("The configuration of a sidecar", () => {
  for (const { name, services } of shop.workloads) {
    describe(`of ${name}`, () => {
      const cleanup = new Cleanup();
      after(() => cleanup.run());
      const ports = services.length === 0 ? { edge: 8080 } : { mesh: 25001, developer: 9001 };

      it("is what was reviewed", async () => {
        const options = optionsFor(name, "/run/theseus", ports);
        const made = { "//": mark, bootstrap: sidecarBootstrap(options), files: sidecarFiles(options) };
        await compare(`${name}.json`, made);
      });

      it("is the same for the same options", () => {
        const make = () => JSON.stringify(sidecarBootstrap(optionsFor(name, "/run/theseus", ports)));
        expect(make()).to.equal(make());
      });

      it("is taken by Envoy", async () => {
        const { path } = cleanup.use(await scratchFolder());
        const zero = Object.fromEntries(Object.keys(ports).map((port) => [port, 0]));
        const options = optionsFor(name, path, zero);
        await writeFiles(options, path);
        await writeFile(join(path, "envoy.json"), JSON.stringify(sidecarBootstrap(options)));
        expect(await validate(join(path, "envoy.json"))).to.contain("OK");
      });
    });
  }

  const { provider: _missing, ...withoutProvider } = optionsFor("payment", "/run/theseus", {});
  for (const [fault, options] of [
    ["payment calls provider: its address and its certificates are needed", withoutProvider],
    ['no workload "stranger"', { ...withoutProvider, workload: "stranger" }],
    ["gateway serves nothing", optionsFor("gateway", "/run/theseus", { mesh: 0 })],
    ["user serves the mesh: it cannot stand at the edge", optionsFor("user", "/run/theseus", { edge: 0 })],
    ["the path of a unix socket has at most 107 bytes", optionsFor("user", `/${"x".repeat(100)}`, {})],
  ] as const) {
    it(`is refused, and says: ${fault}`, () => {
      expect(() => sidecarBootstrap(options)).to.throw(fault);
    });
  }
});

function optionsFor(workload: string, home: string, ports: SidecarOptions["ports"]): SidecarOptions {
  const outside = externalsOf(policy, shop, workload).length > 0;
  return {
    policy,
    topology: shop,
    workload,
    instance: "1",
    ports,
    paths: {
      app: join(home, "app.sock"),
      outbound: join(home, "out.sock"),
      admin: join(home, "admin.sock"),
      xds: join(home, "xds"),
      certificate: join(home, "id/tls.crt"),
      privateKey: join(home, "id/tls.key"),
      trustBundle: join(home, "id/ca.crt"),
      jwks: join(home, "keys/jwks.json"),
      accessLog: join(home, "access.log"),
      ...(outside && {
        provider: {
          certificate: join(home, "merchant/tls.crt"),
          privateKey: join(home, "merchant/tls.key"),
          trustBundle: join(home, "merchant/ca.crt"),
        },
      }),
    },
    ...(outside && { provider: { host: "127.0.0.1", port: 26001 } }),
  };
}

async function writeFiles(options: SidecarOptions, home: string): Promise<void> {
  const { xds } = options.paths;
  await mkdir(xds);
  const authority = await openAuthority(join(home, "ca"));
  await writeIdentity(join(home, "id"), await authority.issue(options.workload));
  await writeIdentity(join(home, "merchant"), await authority.issueClient("merchant.example"));
  await openSigningKeys(join(home, "keys"));
  const peers = peersOf(policy, shop, options.workload);
  const endpoints = peers.map((peer): [string, Message] => [`${peer}.eds.json`, endpointsFile(peer, [])]);
  for (const [name, content] of [...Object.entries(sidecarFiles(options)), ...endpoints]) {
    await writeFile(join(xds, name), JSON.stringify(content));
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

import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { AsyncDisposableStack } from "@theseus/kit";
import { endpointsFile, sidecarBootstrap } from "@theseus/mesh/envoy";
import { type KeptIdentity, keepIdentity, openAuthority, openSigningKeys } from "@theseus/mesh/identity";
import { compilePolicy, peersOf } from "@theseus/mesh/policy";
import { launch, provisionEnvoy } from "@theseus/runtime";
import { localRequest } from "@theseus/runtime/control";
import { openTokenKeys, rotateCertificates, rotateKeys, type SidecarPlace } from "@theseus/runtime/rotation";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { topology } from "../../src/topology.js";
import { sidecarOptions } from "./sidecar-options.js";

const policy = compilePolicy(descriptorSetBytes(), topology);

/** What the supervisor's rotations ask, real sidecars answer. */
describe("The rotations of a system with real sidecars", () => {
  const cleanup = new AsyncDisposableStack();
  const kept: KeptIdentity[] = [];
  let folder: string;
  before(() => {
    folder = cleanup.use(createScratchFolder()).path;
  });
  after(() => cleanup.disposeAsync());

  it("are taken by each: keys, certificates for the mesh and for outside parties", async () => {
    const { identity } = topology;
    const keys = await openSigningKeys(join(folder, "keys"), { retiredMs: 100 });
    const readers = await openTokenKeys(keys, { identity });
    const sidecars = await Promise.all(
      ["user", "payment"].map((workload) => start(workload, (place) => readers.addReader(place))),
    );
    const [old] = JSON.parse(readFileSync(keys.privateFile, "utf8")).keys;
    const steps: string[] = [];
    const { signal } = new AbortController();
    await rotateKeys({ keys, readers, onStep: ({ step }) => steps.push(step), signal });
    expect(steps).to.deep.equal(["signing", "removed"]);
    for (const { admin } of sidecars) {
      const dump = await ask(admin, "/config_dump?resource=ecds_filters");
      for (const { kid } of await keys.publicKeys()) expect(dump).to.contain(kid);
      expect(dump).not.to.contain(old.kid);
    }
    const before = kept.map(serial);
    await rotateCertificates({ identities: kept, sidecars: () => sidecars });
    const shown = (await Promise.all(sidecars.map(({ admin }) => ask(admin, "/certs")))).join();
    expect(kept).to.have.length(3);
    for (const each of kept.map(serial)) expect(shown).to.contain(each);
    for (const each of before) expect(shown).not.to.contain(each);
  });

  async function start(workload: string, onPlace: (place: SidecarPlace) => void): Promise<SidecarPlace> {
    const home = join(folder, workload);
    const options = sidecarOptions({ policy, workload, home, ports: { mesh: 0 } });
    const { paths, externals = {} } = options;
    const identities = [paths.identity, ...Object.values(externals).map((access) => access.identity)];
    const authority = await openAuthority(join(folder, "ca"), { topology });
    const issue = () => authority.issue(workload);
    for (const identity of identities) {
      kept.push(
        cleanup.use(await keepIdentity(identity, { issue, onFault: (error) => expect.fail(String(error)) })),
      );
    }
    mkdirSync(paths.xds);
    for (const peer of peersOf(policy, topology, workload)) {
      writeFileSync(join(paths.xds, `${peer}.eds.json`), JSON.stringify(endpointsFile(peer, [])));
    }
    const place = { name: workload, admin: paths.admin, xds: paths.xds, identities, isRunning: () => true };
    onPlace(place);
    const config = join(home, "envoy.json");
    writeFileSync(config, JSON.stringify(sidecarBootstrap(options)));
    const { file } = await provisionEnvoy({ env: process.env, report: () => {} });
    const sidecar = await launch({
      name: workload,
      command: [file, "--config-path", config, "--concurrency", "1", "--disable-hot-restart"],
      cwd: home,
      env: {},
      readyWhen: { probe: async () => ((await isLive(paths.admin)) ? { address: paths.admin } : undefined) },
      readyWithinMs: 30_000,
      stopWithinMs: 8_000,
    });
    cleanup.defer(async () => {
      await sidecar.stop();
    });
    return place;
  }
});

async function isLive(admin: string): Promise<boolean> {
  return (await ask(admin, "/ready")).startsWith("LIVE");
}

async function ask(admin: string, path: string): Promise<string> {
  return (await localRequest({ at: { socketPath: admin }, path })).body;
}

function serial({ paths }: KeptIdentity): string {
  return new X509Certificate(readFileSync(paths.certificate)).serialNumber.toLowerCase();
}

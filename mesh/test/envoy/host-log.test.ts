import { readFile } from "node:fs/promises";
import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { openAuthority, writeIdentity } from "../../src/identity/index.js";
import { contractPolicy } from "../harness/contract-policy.js";
import { startApplication } from "../harness/grpc-application.js";
import { grpcCaller } from "../harness/grpc-caller.js";
import { paths } from "../harness/inventory.js";
import { neighbourhood, type RunningSidecar, startSidecar } from "../harness/sidecar.js";
import { topology } from "../harness/topology.js";

const hourMs = 3_600_000;

describe("What sidecars tell of each other", () => {
  const cleanup = new AsyncDisposableStack();
  let called: RunningSidecar;
  let calling: RunningSidecar;
  let port: number;

  before(async () => {
    const { path } = cleanup.use(createScratchFolder());
    const authority = await openAuthority(`${path}/ca`, { topology });
    const around = await neighbourhood(path, authority, contractPolicy());
    called = cleanup.use(await startSidecar(around, { workload: "inventory", ports: { mesh: 0 } }));
    calling = cleanup.use(await startSidecar(around, { workload: "gateway", ports: {} }));
    cleanup.use(await startApplication(around.policy, `unix:${called.options.paths.app}`));
    port = called.ports.mesh ?? 0;
  });
  after(() => cleanup.disposeAsync());

  const tellPlace = (places: readonly number[]) =>
    calling.setEndpoints(
      "inventory",
      places.map((each) => ({ address: "127.0.0.1", port: each })),
    );

  async function told(sidecar: RunningSidecar, line: RegExp): Promise<string> {
    const { hostLog = "" } = sidecar.options.paths;
    let text = "";
    await eventually(`${line} in ${hostLog}`, async () => {
      text = await readFile(hostLog, "utf8").catch(() => "");
      return line.test(text);
    });
    return text;
  }

  it("is who is well, and no handshake where all is well", async () => {
    await tellPlace([port]);
    await using caller = grpcCaller(`unix:${calling.options.paths.outbound}`);
    await eventually("it is reached", async () => (await caller.call(paths.getItem)).status === "OK");
    await told(calling, new RegExp(`"port_value":${port},.*"cluster_name":"inventory".*"add_healthy_event"`));
    const { hostLog = "" } = called.options.paths;
    expect(await readFile(hostLog, "utf8")).to.equal("");
  });

  it("is, of an expired certificate, a failed check at the one and the other's word for it at the other", async () => {
    await tellPlace([]);
    const past = await openAuthority(`${called.options.paths.identity}/../../ca`, {
      topology,
      lifetimeMs: hourMs,
      now: () => new Date(Date.now() - 2 * hourMs),
    });
    await writeIdentity(called.options.paths.identity, await past.issue("inventory"));
    await tellPlace([port]);
    await told(calling, /"health_check_failure_event":\{[^}]*"failure_type":"NETWORK"/);
    await told(called, /"event":"handshake","failure":"[^"]*ALERT_CERTIFICATE_EXPIRED/);
  });
});

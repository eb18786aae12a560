import { once } from "node:events";
import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { type Authority, openAuthority, writeIdentity } from "../../src/identity/index.js";
import { contractPolicy } from "../harness/contract-policy.js";
import { startApplication } from "../harness/grpc-application.js";
import { type GrpcCaller, grpcCaller } from "../harness/grpc-caller.js";
import { bearer, paths } from "../harness/inventory.js";
import { neighbourhood, type RunningSidecar, serialOf, startSidecar } from "../harness/sidecar.js";
import { openTokens } from "../harness/tokens.js";
import { topology } from "../harness/topology.js";

describe("The certificates of two sidecars", () => {
  const cleanup = new AsyncDisposableStack();
  let authority: Authority;
  let sidecars: readonly RunningSidecar[];
  let caller: GrpcCaller;
  let headers: Readonly<Record<string, string>>;

  before(async () => {
    const { path } = cleanup.use(createScratchFolder());
    const policy = contractPolicy();
    authority = await openAuthority(`${path}/ca`, { topology });
    const around = await neighbourhood(path, authority, policy);
    const called = cleanup.use(await startSidecar(around, { workload: "inventory", ports: { mesh: 0 } }));
    const calling = cleanup.use(await startSidecar(around, { workload: "gateway", ports: {} }));
    sidecars = [called, calling];
    cleanup.use(await startApplication(policy, `unix:${called.options.paths.app}`));
    caller = cleanup.use(grpcCaller(`unix:${calling.options.paths.outbound}`));
    ({ headers = {} } = bearer((await openTokens(around.keys)).issue({ roles: ["captain"] })));
    await calling.setEndpoints("inventory", [{ address: "127.0.0.1", port: called.ports.mesh ?? 0 }]);
    await eventually("it is reached", async () => (await caller.call(paths.getItem)).status === "OK");
  });
  after(() => cleanup.disposeAsync());

  it("rotate 20 times under 8 callers and 8 open streams, and nothing fails", async function () {
    this.timeout(120_000);
    const streams = Array.from({ length: 8 }, () => openStream(caller, headers));
    const stop = new AbortController();
    const failed: string[] = [];
    let calls = 0;
    const call = async () => {
      while (!stop.signal.aborted) {
        const { status } = await caller.call(paths.getItem);
        calls++;
        if (status !== "OK") failed.push(status);
      }
    };
    const callers = Array.from({ length: 8 }, call);
    for (let rotation = 0; rotation < 20; rotation++) {
      await Promise.all(sidecars.map((sidecar) => rotate(authority, sidecar)));
      for (const stream of streams) await stream.exchange();
    }
    stop.abort();
    await Promise.all(callers);
    expect(failed).to.deep.equal([]);
    expect(calls).to.be.above(20);
    expect(await Promise.all(streams.map((stream) => stream.end()))).to.deep.equal(Array(8).fill(0));
    for (const { admin } of sidecars) {
      expect(await admin("/stats?filter=key_rotation_failed|update_rejected")).not.to.match(/: [1-9]/);
    }
  });
});

/** Gives a sidecar another certificate, and waits until it shows that one and not the one before. */
async function rotate(authority: Authority, { options, admin }: RunningSidecar): Promise<void> {
  const before = await serialOf(options.paths.identity);
  await writeIdentity(options.paths.identity, await authority.issue(options.workload));
  const after = await serialOf(options.paths.identity);
  await eventually("the new certificate is taken", async () => {
    const shown = await admin("/certs");
    return shown.includes(after) && !shown.includes(before);
  });
}

function openStream(caller: GrpcCaller, headers: Readonly<Record<string, string>>) {
  const stream = caller.stream(paths.importItems, headers, 120_000);
  const ended = once(stream, "status");
  stream.on("error", () => {});
  return {
    async exchange() {
      stream.write(Buffer.from("ping"));
      const answer = await Promise.race([once(stream, "data"), ended]);
      expect(answer.map(String)).to.deep.equal(["ping"]);
    },
    async end(): Promise<number> {
      stream.end();
      const [{ code }] = await ended;
      return code;
    },
  };
}

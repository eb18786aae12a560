import { AsyncDisposableStack } from "@theseus/kit";
import { Auth } from "@theseus/kit/contract";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { openAuthority } from "../../src/identity/index.js";
import { compilePolicy, OverlayError } from "../../src/policy/index.js";
import { channelz, foreignContract, foreignTopology as topology } from "../harness/foreign-contract.js";
import { type GrpcApplication, startApplication } from "../harness/grpc-application.js";
import { type GrpcCaller, grpcCaller } from "../harness/grpc-caller.js";
import { bearer } from "../harness/inventory.js";
import { overlay } from "../harness/overlay.js";
import { neighbourhood, startSidecar } from "../harness/sidecar.js";
import { startSilentApplication } from "../harness/silent-application.js";
import { openTokens, type Tokens } from "../harness/tokens.js";

const path = (method: string) => `/${channelz}/${method}`;

describe("A contract that says no policy", () => {
  const cleanup = new AsyncDisposableStack();
  let folder: string;
  let contract: Uint8Array;
  let application: GrpcApplication;
  /** Another workload, through both sidecars. */
  let gateway: GrpcCaller;
  let developer: GrpcCaller;
  let tokens: Tokens;
  let socket: string;

  before(async () => {
    folder = cleanup.use(createScratchFolder()).path;
    contract = foreignContract(folder);
    const rules = overlay({
      "*": {
        policy: {
          timeout: { seconds: 1n },
          allow: [{ caller: "gateway", auth: Auth.PUBLIC }],
          maxRequestBytes: 1000,
        },
      },
      [`${channelz}.GetServer`]: { policy: { allow: [{ caller: "gateway", auth: Auth.USER }] } },
      [`${channelz}.GetServers`]: { policy: { rate: { requestsPerSecond: 1, burst: 2 } } },
      [`${channelz}.GetSocket`]: { forbid: true },
      [`${channelz}.GetChannel`]: { policy: { timeout: { nanos: 200_000_000 } } },
    });
    const policy = compilePolicy(contract, topology, rules);
    const authority = await openAuthority(`${folder}/ca`, { topology });
    const around = await neighbourhood(folder, authority, policy, topology);
    const peer = cleanup.use(
      await startSidecar(around, { workload: "channels", ports: { mesh: 0 }, isOpenToDevelopers: true }),
    );
    socket = peer.options.paths.app;
    application = cleanup.use(await startApplication(policy, `unix:${socket}`));
    const sidecar = cleanup.use(await startSidecar(around, { workload: "gateway", ports: {} }));
    await sidecar.setEndpoints("channels", [{ address: "127.0.0.1", port: peer.ports.mesh ?? 0, weight: 1 }]);
    gateway = cleanup.use(grpcCaller(`unix:${sidecar.options.paths.outbound}`));
    developer = cleanup.use(grpcCaller(`unix:${peer.options.paths.developer}`));
    tokens = await openTokens(around.keys);
    await eventually("the peer is healthy", async () => {
      return (await gateway.call(path("GetTopChannels"))).status === "OK";
    });
  });
  after(() => cleanup.disposeAsync());

  it("gets all of it from an overlay, and the mesh stands in front of it", async () => {
    application.arrivals.length = 0;
    expect(await gateway.call(path("GetSubchannel"))).to.deep.equal({ status: "OK" });
    expect(application.arrivals[0]?.headers["x-forwarded-client-cert"]).to.match(/\/sa\/gateway$/);
    expect(application.arrivals[0]?.remainingMs).to.be.within(1, 1000);
  });

  it("asks for a token where a rule does", async () => {
    expect(await gateway.call(path("GetServer"))).to.include({
      status: "UNAUTHENTICATED",
      reason: "TOKEN_MISSING",
      domain: "theseus",
    });
    expect(await gateway.call(path("GetServer"), bearer(tokens.issue()))).to.deep.equal({ status: "OK" });
  });

  it("refuses with the reasons that this contract has for a sidecar's refusals", async () => {
    const denied = { status: "PERMISSION_DENIED", reason: "CALLER_DENIED", domain: "theseus" };
    expect(await gateway.call(path("GetSocket"))).to.include(denied);
    expect(await developer.call(path("GetSocket"))).to.include(denied);
    const calls = Array.from({ length: 6 }, () => developer.call(path("GetServers")));
    const refused = (await Promise.all(calls)).find(({ status }) => status !== "OK");
    expect(refused).to.include({ reason: "RATE_LIMITED", retryAfterMs: 1000 });
    expect(await developer.call(path("GetChannel"), { bytes: 1001 })).to.include({
      reason: "REQUEST_TOO_LARGE",
    });
    expect(await developer.call(path("Steal"))).to.include({ reason: "UNIMPLEMENTED" });
  });

  it("is refused while a method lacks any of it, all at once", () => {
    const missing = (rules: Parameters<typeof overlay>[0]) => {
      try {
        compilePolicy(contract, topology, overlay(rules));
        return [];
      } catch (error) {
        if (error instanceof OverlayError) return error.faults;
        throw error;
      }
    };
    const timeout = { timeout: { seconds: 1n } };
    const some = missing({ [`${channelz}.GetServer`]: { policy: timeout } });
    expect(some).to.have.length(7);
    expect(some[0]).to.equal(
      `${channelz}.GetTopChannels has no timeout, allow, max_request_bytes: neither its contract nor a rule says it`,
    );
    expect(some[2]).to.equal(
      `${channelz}.GetServer has no allow, max_request_bytes: neither its contract nor a rule says it`,
    );
    const everything = { ...timeout, maxRequestBytes: 1, allow: [{ caller: "gatewy", auth: Auth.NONE }] };
    expect(missing({ "*": { policy: everything } })).to.deep.equal([
      '"*" allows the unknown workload "gatewy"; did you mean "gateway"?',
    ]);
    expect(() => compilePolicy(contract, topology)).to.throw(`${channelz}.GetServer: has no policy`);
  });

  it("has its calls ended at a rule's timeout", async () => {
    await application[Symbol.asyncDispose]();
    await using _silent = await startSilentApplication(socket);
    expect(await developer.call(path("GetChannel"))).to.include({
      status: "DEADLINE_EXCEEDED",
      reason: "DEADLINE_EXCEEDED",
    });
  });
});

import { Auth } from "@theseus/kit/contract";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { compilePolicy } from "../../src/policy/index.js";
import { contractBytes } from "../harness/contract-policy.js";
import { type GrpcCaller, grpcCaller } from "../harness/grpc-caller.js";
import { bearer, type Inventory, paths, resetApplication, startInventory } from "../harness/inventory.js";
import { overlay } from "../harness/overlay.js";
import { type RunningSidecar, startSidecar } from "../harness/sidecar.js";
import { startSilentApplication } from "../harness/silent-application.js";
import { topology } from "../harness/topology.js";

const selector = (path: string) => path.slice(1).replace("/", ".");
const denied = { status: "PERMISSION_DENIED", reason: "CALLER_DENIED", domain: "theseus" };

describe("A sidecar under an overlay", () => {
  let inventory: Inventory;

  before(async () => {
    const rules = overlay({
      [selector(paths.getItem)]: { forbid: true },
      [selector(paths.listItems)]: { policy: { rate: { requestsPerSecond: 1, burst: 2 } } },
      [selector(paths.getReservation)]: { policy: { allow: [{ caller: "payment", auth: Auth.NONE }] } },
      [selector(paths.createReservation)]: {
        policy: { timeout: { nanos: 200_000_000 }, maxRequestBytes: 100 },
      },
    });
    inventory = await startInventory(compilePolicy(contractBytes(), topology, rules));
  });
  after(() => inventory[Symbol.asyncDispose]());
  beforeEach(() => resetApplication(inventory));

  it("refuses a forbidden method to everybody", async () => {
    const token = bearer(inventory.tokens.issue({ roles: ["captain"] }));
    for (const caller of [inventory.gateway, inventory.payment, inventory.developer]) {
      expect(await caller.call(paths.getItem)).to.include(denied);
      expect(await caller.call(paths.getItem, token)).to.include(denied);
    }
    expect(inventory.application.arrivals).to.deep.equal([]);
  });

  it("refuses a caller whom the contract lets in and the overlay does not", async () => {
    const token = bearer(inventory.tokens.issue());
    expect(await inventory.gateway.call(paths.getReservation, token)).to.include(denied);
    expect(await inventory.payment.call(paths.getReservation)).to.deep.equal({ status: "OK" });
  });

  it("refuses what is above a rate that the contract has not", async () => {
    const calls = Array.from({ length: 8 }, () => inventory.gateway.call(paths.listItems));
    const refused = (await Promise.all(calls)).filter(({ status }) => status !== "OK");
    expect(refused).to.have.length.within(5, 6);
    expect(refused[0]).to.include({ status: "RESOURCE_EXHAUSTED", reason: "RATE_LIMITED" });
  });

  it("refuses a request that is larger than the overlay has it", async () => {
    const token = bearer(inventory.tokens.issue());
    const call = (bytes: number) => inventory.gateway.call(paths.createReservation, { ...token, bytes });
    expect(await call(100)).to.deep.equal({ status: "OK" });
    expect(await call(101)).to.include({ status: "RESOURCE_EXHAUSTED", reason: "REQUEST_TOO_LARGE" });
    expect(await call(100_000)).to.include({ status: "RESOURCE_EXHAUSTED", reason: "REQUEST_TOO_LARGE" });
  });

  it("takes nobody's word for how large a request is", async () => {
    const headers = { ...bearer(inventory.tokens.issue()).headers, "content-length": "6" };
    await inventory.gateway.call(paths.createReservation, { headers, bytes: 101 });
    expect(inventory.application.arrivals).to.deep.equal([]);
  });

  it("leaves other methods as the contract has them", async () => {
    const token = bearer(inventory.tokens.issue({ roles: ["captain"] }));
    expect(await inventory.gateway.call(paths.addStock, { ...token, bytes: 1000 })).to.deep.equal({
      status: "OK",
    });
    expect(inventory.application.arrivals[0]?.remainingMs).to.be.within(1000, 3000);
    expect(await inventory.payment.call(paths.commitReservation)).to.deep.equal({ status: "OK" });
    expect(await inventory.gateway.call(paths.addStock)).to.include({ reason: "TOKEN_MISSING" });
  });

  describe("whose application never answers", () => {
    let silent: AsyncDisposable;

    before(async () => {
      await inventory.application[Symbol.asyncDispose]();
      silent = await startSilentApplication(inventory.sidecar.options.paths.app);
    });
    after(() => silent[Symbol.asyncDispose]());

    it("ends a call at the overlay's timeout", async () => {
      const begun = Date.now();
      const token = bearer(inventory.tokens.issue());
      expect(await inventory.gateway.call(paths.createReservation, token)).to.include({
        status: "DEADLINE_EXCEEDED",
        reason: "DEADLINE_EXCEEDED",
      });
      expect(Date.now() - begun).to.be.within(150, 2500);
    });
  });
});

describe("A caller's sidecar under an overlay that forbids everything", () => {
  let inventory: Inventory;
  let sidecar: RunningSidecar;
  let caller: GrpcCaller;

  before(async () => {
    inventory = await startInventory(
      compilePolicy(contractBytes(), topology, overlay({ "*": { forbid: true } })),
    );
    sidecar = await startSidecar(inventory, { workload: "gateway", ports: {} });
    await sidecar.setEndpoints("inventory", [
      { address: "127.0.0.1", port: inventory.sidecar.ports.mesh ?? 0, weight: 1 },
    ]);
    caller = grpcCaller(`unix:${sidecar.options.paths.outbound}`);
  });
  after(async () => {
    caller[Symbol.dispose]();
    await sidecar[Symbol.asyncDispose]();
    await inventory[Symbol.asyncDispose]();
  });

  it("still finds the peer, who says why", async () => {
    await eventually("the peer is healthy", async () => {
      const outcome = await caller.call(paths.getItem);
      return outcome.status !== "UNAVAILABLE";
    });
    expect(await caller.call(paths.getItem)).to.include(denied);
  });
});

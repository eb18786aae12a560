import { expect } from "chai";
import { openAuthority } from "../../src/identity/index.js";
import { grpcCaller } from "../harness/grpc-caller.js";
import { handshake } from "../harness/handshake.js";
import { type Inventory, paths, resetApplication, startInventory } from "../harness/inventory.js";
import { topology } from "../harness/topology.js";

describe("Who may connect to a sidecar", () => {
  let inventory: Inventory;

  before(async () => {
    inventory = await startInventory();
  });
  after(() => inventory[Symbol.asyncDispose]());
  beforeEach(() => resetApplication(inventory));

  it("a caller of the contract, over TLS 1.3, and the sidecar shows its workload's name", async () => {
    const { sidecar, authority } = inventory;
    const { protocol, names } = await handshake(sidecar.ports.mesh ?? 0, await authority.issue("gateway"));
    expect(protocol).to.equal("TLSv1.3");
    expect(names).to.equal("URI:spiffe://mesh.test/ns/harness/sa/inventory");
  });

  const trustBundle = () => inventory.authority.trustBundle;
  for (const [who, identity] of [
    ["without a certificate", async () => ({ trustBundle: trustBundle() })],
    [
      "with a certificate of another authority",
      async () => {
        const other = await openAuthority(`${inventory.folder}/other`, { topology });
        return { ...(await other.issue("gateway")), trustBundle: trustBundle() };
      },
    ],
    [
      "with the certificate of a workload that the contract never lets in",
      () => inventory.authority.issue("user"),
    ],
  ] as const) {
    it(`nobody ${who}`, async () => {
      using caller = grpcCaller(inventory.mesh, await identity());
      expect((await caller.call(paths.getItem)).status).to.equal("UNAVAILABLE");
      expect(inventory.application.arrivals).to.deep.equal([]);
    });
  }

  it("nobody in plain text", async () => {
    using caller = grpcCaller(inventory.mesh);
    expect((await caller.call(paths.getItem)).status).to.equal("UNAVAILABLE");
    expect(inventory.application.arrivals).to.deep.equal([]);
  });
});

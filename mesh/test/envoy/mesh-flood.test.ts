import { AsyncDisposableStack } from "@theseus/kit";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { contractPolicy } from "../harness/contract-policy.js";
import { type GrpcCaller, grpcCaller } from "../harness/grpc-caller.js";
import { type Inventory, paths, startInventory } from "../harness/inventory.js";
import { resetUntilClosed } from "../harness/rapid-resets.js";

const STREAMS = 256;

describe("The mesh's listener, flooded by one workload,", () => {
  let inventory: Inventory;
  let opened: AsyncDisposableStack;
  beforeEach(async () => {
    inventory = await startInventory(contractPolicy({ [paths.commitReservation]: { timeoutMs: 60_000 } }));
    opened = new AsyncDisposableStack();
  });
  afterEach(async () => {
    await opened.disposeAsync();
    await inventory[Symbol.asyncDispose]();
  });

  /** Calls of another workload while something else goes on: those that failed. */
  async function failedOthers(calls: number): Promise<readonly unknown[]> {
    const others = Array.from({ length: calls }, () => inventory.gateway.call(paths.getItem));
    return (await Promise.all(others)).filter(({ status }) => status !== "OK");
  }

  it("holds no more of its calls at a time than one connection takes, and others' go on", async () => {
    const { application, authority, mesh } = inventory;
    const held: (() => void)[] = [];
    application.answer = async ({ path }) => {
      if (path === paths.commitReservation) await new Promise<void>((resolve) => held.push(resolve));
      return Buffer.alloc(0);
    };
    const identity = await authority.issue("payment");
    const flooders: GrpcCaller[] = [];
    for (let each = 0; each < 5; each++) flooders.push(opened.use(grpcCaller(mesh, identity)));
    const flood = Promise.all(
      flooders.flatMap((each) =>
        Array.from({ length: STREAMS }, () => each.call(paths.commitReservation, { deadlineMs: 60_000 })),
      ),
    );
    await eventually("the application holds all that it is given", () => held.length >= STREAMS);
    expect(await failedOthers(100)).to.deep.equal([]);
    expect(held).to.have.length(STREAMS);
    for (const answer of held) answer();
    const ends = (await flood).map(({ status, reason }) => reason ?? status);
    expect(new Set(ends)).to.deep.equal(new Set(["OK", "SERVICE_UNAVAILABLE"]));
  });

  it("loses its connections when it resets what it asks for, and nobody else a call", async () => {
    // Nothing is answered before it is taken back.
    inventory.application.answer = ({ path }) =>
      path === paths.commitReservation ? new Promise(() => {}) : Promise.resolve(Buffer.alloc(0));
    const identity = await inventory.authority.issue("payment");
    const port = Number(inventory.mesh.split(":").at(-1));
    for (let round = 0; round < 3; round++) {
      const [resets, failed] = await Promise.all([
        resetUntilClosed(port, paths.commitReservation, identity),
        failedOthers(20),
      ]);
      expect(resets).to.be.within(250, 999_999);
      expect(failed).to.deep.equal([]);
    }
    expect(await failedOthers(20)).to.deep.equal([]);
    const statistics = await inventory.sidecar.admin("/stats?filter=too_many_premature_resets");
    expect(statistics).to.match(/: 3$/m);
  });
});

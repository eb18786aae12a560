import { status as Code } from "@grpc/grpc-js";
import { InventoryServiceService as definition } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { CUT_POINTS, CUTS, type CuttingPeer, rejectionOf, startCuttingPeer } from "@theseus/testing";
import { expect } from "chai";
import { type Client, createClient, ErrorReason, StatusError, toStatusObject } from "../src/index.js";
import { all } from "./fake-inventory.js";

describe("a call that its peer ends without a status", () => {
  let peer: CuttingPeer;
  let client: Client<typeof definition>;
  beforeEach(async () => {
    peer = await startCuttingPeer();
    client = createClient(definition, { address: peer.address, timeoutMs: 30_000 });
  });
  afterEach(async () => {
    await client[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });

  for (const [how, cut] of Object.entries(CUTS)) {
    for (const point of CUT_POINTS) {
      it(`by ${how} after ${point} is SERVICE_UNAVAILABLE, retryable`, async () => {
        peer.cutOff(point, cut);
        const calls = [
          client.getItem({ name: "items/oar" }),
          all(client.watchStock({ items: [], resumeToken: "" })),
        ];
        for (const call of calls) {
          const error = await rejectionOf(call, StatusError);
          expect([error.code, error.reason]).to.deep.equal([
            Code.UNAVAILABLE,
            ErrorReason.SERVICE_UNAVAILABLE,
          ]);
          expect([error.remote, error.details.retryAfterMs]).to.deep.equal([true, 1000]);
        }
      });
    }
  }

  it("is told from a status that was sent, whatever that one says", () => {
    const sent = new StatusError(ErrorReason.INTERNAL, "Received RST_STREAM with code 2");
    const failure = Object.assign(new Error(sent.message), toStatusObject(sent));
    expect(StatusError.from(failure)).to.include({ code: Code.INTERNAL, message: sent.message });
  });
});

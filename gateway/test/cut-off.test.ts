import { CUT_POINTS, CUTS, type CuttingPeer, startCuttingPeer } from "@theseus/testing";
import { expect } from "chai";
import { type Answer, ask, errorOf, reasonOf } from "./http-client.js";
import { openShop, type Shop } from "./shop.js";

describe("A call that the upstream ends without a status", () => {
  let peer: CuttingPeer;
  let shop: Shop;
  beforeEach(async () => {
    peer = await startCuttingPeer();
    shop = await openShop({ upstreamAt: peer.address, resumeMs: 0 });
  });
  afterEach(async () => {
    await shop[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });

  /** That an answer, or the end of it, is SERVICE_UNAVAILABLE. */
  function expectUnavailable(answer: Answer): void {
    const error = errorOf(answer.text.trimEnd().split("\n").at(-1) ?? "");
    expect([error.code, reasonOf(error)]).to.deep.equal([503, "SERVICE_UNAVAILABLE"]);
    expect(error.message).to.equal("the service cannot be reached now");
  }

  for (const [how, cut] of Object.entries(CUTS)) {
    for (const point of CUT_POINTS) {
      it(`by ${how} after ${point} is 503, with when to come again`, async () => {
        peer.cutOff(point, cut);
        const answer = await ask(shop.address, "/v1/items/tea");
        expectUnavailable(answer);
        expect([answer.status, answer.headers["retry-after"]]).to.deep.equal([503, "1"]);
      });

      it(`by ${how} after ${point} ends a stream with SERVICE_UNAVAILABLE`, async () => {
        peer.cutOff(point, cut);
        const answer = await ask(shop.address, "/v1/items:watchStock");
        expectUnavailable(answer);
        expect(answer.status).to.equal(point === "a message" ? 200 : 503);
      });
    }
  }
});

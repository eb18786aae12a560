import { create } from "@bufbuild/protobuf";
import { status as Code } from "@grpc/grpc-js";
import { parseContract } from "@theseus/kit/contract";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { failing, type Script, send } from "../echo-upstream.js";
import { foreignDescriptorSet } from "../foreign-contract.js";
import { type Answer, ask, errorOf, follow, open, reasonOf } from "../http-client.js";
import { openShop, type Shop, type ShopOptions } from "../shop.js";
import { endingWith, openHistory } from "./history-upstream.js";

const WATCH = "/v1/items:watchStock";
const away = endingWith(Code.UNAVAILABLE, "SERVICE_UNAVAILABLE");

/** The reason with which a stream ended. */
const endOf = ({ text }: Answer) => reasonOf(errorOf(text.trimEnd().split("\n").at(-1) ?? ""));

describe("A stream whose call is lost, and cannot be resumed", () => {
  const others: readonly (readonly [what: string, code: Code, reason: string])[] = [
    ["a refusal", Code.NOT_FOUND, "ITEM_NOT_FOUND"],
    ["UNAVAILABLE for a reason of its own", Code.UNAVAILABLE, "PROVIDER_UNAVAILABLE"],
    ["RATE_LIMITED", Code.RESOURCE_EXHAUSTED, "RATE_LIMITED"],
    ["INTERNAL", Code.INTERNAL, "INTERNAL"],
    ["a token that is too old", Code.OUT_OF_RANGE, "RESUME_TOKEN_EXPIRED"],
  ];
  for (const [what, code, reason] of others) {
    const refused = endingWith(code, reason);
    it(`ends with ${what}, between messages and when it is resumed`, async () => {
      await using shop = await openHistory({ count: 9 });
      shop.losses.push({ after: 2, end: refused });
      expect([endOf(await ask(shop.address, WATCH)), shop.asked()]).to.deep.equal([reason, [""]]);
      shop.losses.push({ after: 2, end: away }, { after: 0, end: refused });
      expect([endOf(await ask(shop.address, WATCH)), shop.asked()]).to.deep.equal([reason, ["", "", "2"]]);
    });
  }

  const once: Script = (arrived, method) => {
    send(arrived, method, create(method.output));
    return failing({ code: Code.UNAVAILABLE })(arrived, method);
  };

  it("ends after a message without a token", async () => {
    await using shop = await openShop();
    shop.upstream.script = once;
    expect(endOf(await ask(shop.address, WATCH))).to.equal("SERVICE_UNAVAILABLE");
    expect(shop.upstream.arrived).to.have.lengthOf(1);
  });

  it("ends where the contract has no token", async () => {
    await using zoo = await openShop({ contract: parseContract(foreignDescriptorSet()) });
    zoo.upstream.script = once;
    const headers = { "content-type": "application/x-ndjson" };
    const answer = await ask(zoo.address, "/parade", { method: "POST", headers, body: "{}" });
    expect(endOf(answer)).to.equal("SERVICE_UNAVAILABLE");
    expect(zoo.upstream.arrived).to.have.lengthOf(1);
  });
});

describe("A stream whose service stays away", () => {
  /** A gateway whose service tells one message, if any, and is away for good. */
  async function openAway(settings: ShopOptions & { readonly told: 0 | 1 }) {
    const shop = await openHistory({ count: 9, ...settings });
    const losses = Array.from({ length: 1000 }, () => ({ after: 0, end: away }));
    shop.losses.push({ after: settings.told, end: away }, ...losses);
    return shop;
  }

  const requestLine = (shop: Shop) => shop.logged.find(({ event }) => event === "request");

  it("is 503 when there is no message within the limit", async () => {
    await using shop = await openAway({ told: 0, resumeMs: 400 });
    const answer = await ask(shop.address, WATCH);
    expect([answer.status, endOf(answer)]).to.deep.equal([503, "SERVICE_UNAVAILABLE"]);
    expect(shop.calls.length).to.be.within(2, 6);
  });

  it("is 503 too when its calls have headers", async () => {
    await using shop = await openShop({ resumeMs: 1500 });
    shop.upstream.script = (arrived, method) => {
      arrived.call.sendMetadata(arrived.metadata.clone());
      return failing({ code: Code.UNAVAILABLE })(arrived, method);
    };
    expect((await ask(shop.address, WATCH)).status).to.equal(503);
    expect(shop.upstream.arrived.length).to.be.above(1);
  });

  it("ends with the error when there is no further message within the limit", async () => {
    await using shop = await openAway({ told: 1, resumeMs: 400 });
    const answer = await ask(shop.address, WATCH);
    expect([answer.status, endOf(answer)]).to.deep.equal([200, "SERVICE_UNAVAILABLE"]);
    await eventually("the log line", () => requestLine(shop));
    expect(requestLine(shop)).to.include({ resumed: shop.calls.length - 1, reason: "SERVICE_UNAVAILABLE" });
  });

  it("is not asked for beyond the client's deadline", async () => {
    await using shop = await openAway({ told: 1, resumeMs: 600_000 });
    const answer = await ask(shop.address, WATCH, { headers: { "x-request-timeout": "2s" } });
    expect(endOf(answer)).to.be.oneOf(["SERVICE_UNAVAILABLE", "DEADLINE_EXCEEDED"]);
    const resumed = shop.logged.filter(({ event }) => event === "resume");
    const deadline = Number(shop.calls[0]?.deadline);
    expect(resumed).to.have.length.within(1, 7);
    for (const { time } of resumed) expect(Date.parse(String(time))).to.be.below(deadline);
  });

  it("is not asked for when the client has left", async () => {
    await using shop = await openAway({ told: 0, resumeMs: 600_000 });
    const callsOf = (id: string) =>
      shop.calls.filter(({ metadata }) => metadata.get("x-request-id")[0] === id);
    const sent = open(shop.address, WATCH, { headers: { "x-request-id": "mine" } }).end();
    sent.on("error", () => {});
    // The next one would follow after half a second at least.
    await eventually("the fifth call", () => shop.calls.length === 5);
    sent.destroy();
    const line = await eventually("the log line", () => requestLine(shop));
    expect(line).to.include({ status: 499, resumed: 4 });
    // Another client's stream is resumed in the meantime, as this one would have to be.
    await ask(shop.address, WATCH, { headers: { "x-request-timeout": "3s", "x-request-id": "other" } });
    expect(callsOf("mine")).to.have.lengthOf(5);
    expect(callsOf("other")).to.have.length.above(1);
  });

  it("ends when the gateway stops", async () => {
    await using shop = await openAway({ told: 1, resumeMs: 600_000 });
    const answer = await follow(shop.address, WATCH);
    await eventually("the third call", () => shop.calls.length === 3);
    await shop.gateway[Symbol.asyncDispose]();
    await answer.ended;
    expect(errorOf(answer.lines()[1] ?? "")).to.include({ message: "the gateway is stopping" });
  });

  it("is found again after having had nothing to tell for longer than the limit", async () => {
    await using shop = await openHistory({ count: 3, resumeMs: 300 });
    let lose = () => {};
    const quiet = () => new Promise<void>((resolve) => (lose = resolve));
    shop.losses.push({ after: 1, end: away }, { after: 0, end: away, seen: quiet });
    const answer = follow(shop.address, WATCH);
    await eventually("it is resumed", () => shop.calls.length === 2);
    const begun = performance.now();
    await eventually("the limit is over", () => performance.now() - begun > 300);
    lose();
    const { ended, lines } = await answer;
    await ended;
    expect(lines().map((line) => JSON.parse(line).resumeToken)).to.deep.equal(["1", "2", "3"]);
  });
});

import { once } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { create } from "@bufbuild/protobuf";
import { isUnary } from "@theseus/kit/contract";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { answering, send } from "./echo-upstream.js";
import { ask, errorOf, open, reasonOf } from "./http-client.js";
import { openShop, type Shop } from "./shop.js";

const WATCH = "/v1/items:watchStock";
const answer = answering(() => undefined);

describe("Room for streams", () => {
  let shop: Shop | undefined;
  let held: ClientRequest[] = [];
  afterEach(async () => {
    for (const each of held) each.destroy();
    held = [];
    await shop?.[Symbol.asyncDispose]();
  });

  const start = async (settings: Parameters<typeof openShop>[0]): Promise<Shop> => {
    shop = await openShop(settings);
    shop.upstream.script = (arrived, method) => {
      if (isUnary(method)) return answer(arrived, method);
      send(arrived, method, create(method.output));
    };
    return shop;
  };

  /** Opens a stream and leaves it open. */
  const watch = async (address: string, headers: Record<string, string> = {}): Promise<IncomingMessage> => {
    const request = open(address, WATCH, { headers });
    request.on("error", () => {});
    held.push(request);
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return response.resume().on("error", () => {});
  };

  it("is bounded for each address: RATE_LIMITED above it, with the time to come again", async () => {
    const { address, upstream } = await start({ maxStreamsPerClient: 3 });
    for (let count = 0; count < 3; count++) expect((await watch(address)).statusCode).to.equal(200);
    const refused = await ask(address, WATCH);
    expect([refused.status, reasonOf(errorOf(refused)), refused.headers["retry-after"]]).to.deep.equal([
      429,
      "RATE_LIMITED",
      "1",
    ]);
    expect(upstream.arrived).to.have.length(3);
    expect((await ask(address, "/v1/items/tea")).status).to.equal(200);
  });

  it("is bounded in all", async () => {
    const { address } = await start({ maxStreams: 2 });
    for (let count = 0; count < 2; count++) await watch(address);
    expect((await ask(address, WATCH)).status).to.equal(429);
  });

  it("comes back when a client leaves", async () => {
    const { address } = await start({ maxStreamsPerClient: 1 });
    await watch(address);
    expect((await ask(address, WATCH)).status).to.equal(429);
    held[0]?.destroy();
    await eventually("there is room again", async () => (await watch(address)).statusCode === 200);
  });

  it("comes back, and the call is cancelled, when an answer ends before its call does", async () => {
    const { address, upstream } = await start({ maxStreams: 1 });
    upstream.script = ({ call }) => void call.write(Buffer.from("no message"));
    for (let count = 1; count <= 3; count++) {
      expect(reasonOf(errorOf(await ask(address, WATCH)))).to.equal("INTERNAL");
      await eventually("the call is cancelled", () => upstream.last().cancelled);
      expect(upstream.arrived).to.have.length(count);
    }
  });

  it("comes back piece by piece when a crowd leaves at once: nobody else waits for all of it", async () => {
    const { address, logged } = await start({ maxStreamsPerClient: 300 });
    await Promise.all(Array.from({ length: 300 }, () => watch(address)));
    for (const each of held.splice(0)) each.destroy();
    const left = () => logged.filter(({ status }) => status === 499).length;
    expect((await ask(address, "/v1/items/tea")).status).to.equal(200);
    expect(left()).to.be.below(150);
    await eventually("all have left", () => left() === 300);
  });

  it("is counted by what the proxy on a unix socket says last, not by what a client says", async () => {
    using folder = createScratchFolder();
    const listen = `unix:${folder.path}/s`;
    await start({ listen, maxStreamsPerClient: 1 });
    const from = (addresses: string) => watch(listen, { "x-forwarded-for": addresses });
    expect((await from("9.9.9.9, 1.1.1.1")).statusCode).to.equal(200);
    expect((await from("8.8.8.8, 1.1.1.1")).statusCode).to.equal(429);
    expect((await from("9.9.9.9, 2.2.2.2")).statusCode).to.equal(200);
  });

  it("is none of other calls', however many streams are open", async () => {
    const { address, upstream } = await start({ maxStreamsPerClient: 300 });
    const answers = Promise.all(Array.from({ length: 300 }, () => watch(address)));
    await eventually("all have arrived", () => upstream.arrived.length === 300);
    expect(new Set((await answers).map(({ statusCode }) => statusCode))).to.deep.equal(new Set([200]));
    expect((await ask(address, "/v1/items/tea")).status).to.equal(200);
  });
});

describe("Room for calls", () => {
  it("is bounded: RATE_LIMITED above it, and again free when calls end", async () => {
    await using shop = await openShop({ maxCalls: 2 });
    const waiting: (() => void)[] = [];
    shop.upstream.script = (arrived, method) => void waiting.push(() => answer(arrived, method));
    const first = [ask(shop.address, "/v1/items/a"), ask(shop.address, "/v1/items/b")];
    await eventually("both have arrived", () => waiting.length === 2);
    const refused = await ask(shop.address, "/v1/items/c");
    expect([refused.status, reasonOf(errorOf(refused))]).to.deep.equal([429, "RATE_LIMITED"]);
    for (const end of waiting) end();
    expect((await Promise.all(first)).map(({ status }) => status)).to.deep.equal([200, 200]);
  });
});

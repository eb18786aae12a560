import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { status as Code } from "@grpc/grpc-js";
import { eventually, settled } from "@theseus/testing";
import { expect } from "chai";
import { ask, follow, open } from "../http-client.js";
import { endingWith, type HistoryShop, LOSSES, type Loss, openHistory } from "./history-upstream.js";

const WATCH = "/v1/items:watchStock";
const COUNT = 40;
const EVENTS = { accept: "text/event-stream" };
const away = endingWith(Code.UNAVAILABLE, "SERVICE_UNAVAILABLE");
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

/** In each framing: its header, and the tokens of the messages in a text. Whatever is no message shows as itself. */
const FRAMINGS = {
  NDJSON: {
    headers: { accept: "application/x-ndjson" },
    tokens: (text: string) =>
      text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line).resumeToken ?? line),
  },
  "server-sent events": {
    headers: EVENTS,
    tokens: (text: string) =>
      text
        .split("\n\n")
        .filter((event) => event !== "")
        .map((event) => /^id: ([0-9]+)\ndata: \{.*"resumeToken":"\1"\}$/.exec(event)?.[1] ?? event),
  },
} as const;

/** Where a call ends, as numbers of messages before it; one after the other where there are several. */
const PLACES: Readonly<Record<string, readonly number[]>> = {
  "before its first message": [0],
  "after its first message": [1],
  "between messages": [17],
  "after its last message": [COUNT],
  "before its first message, three times in a row": [0, 0, 0],
  "again and again, in every place": [0, 3, 0, 0, 1, 20, 5, 0],
};

describe("A stream whose call is lost", () => {
  let shop: HistoryShop;
  afterEach(() => shop[Symbol.asyncDispose]());

  /** What the log says of the one request. */
  const logged = async () => {
    await eventually("the log line", () => shop.logged.some(({ event }) => event === "request"));
    return shop.logged.find(({ event }) => event === "request");
  };

  for (const [framing, { headers, tokens }] of Object.entries(FRAMINGS)) {
    for (const [how, end] of Object.entries(LOSSES)) {
      for (const [where, afters] of Object.entries(PLACES)) {
        it(`by ${how} ${where} goes on: ${framing} has each message once and in order`, async () => {
          shop = await openHistory({ count: COUNT });
          let read = () => "";
          let told = 0;
          shop.losses.push(
            ...afters.map((after): Loss => {
              told += after;
              const upTo = numbers(1, told);
              return { after, end, seen: () => eventually("they are told", () => isTold(read(), upTo)) };
            }),
          );
          const isTold = (text: string, upTo: readonly string[]) =>
            upTo.length === 0 || tokens(text.slice(0, text.lastIndexOf("\n") + 1)).length >= upTo.length;
          const answering = follow(shop.address, WATCH, headers);
          void answering.then((answer) => {
            read = answer.text;
          });
          const answer = await answering;
          await answer.ended;
          expect(tokens(answer.text())).to.deep.equal(numbers(1, COUNT));
          expect(await logged()).to.include({ status: 200, resumed: afters.length });
          const places = afters.map((_, index) =>
            afters.slice(0, index + 1).reduce((sum, each) => sum + each),
          );
          expect(shop.asked()).to.deep.equal(["", ...places.map((place) => (place === 0 ? "" : `${place}`))]);
          expect(shop.logged.filter(({ event }) => event === "resume")).to.have.lengthOf(afters.length);
        });
      }

      it(`by ${how} in the middle of a burst goes on: ${framing} has each message once and in order`, async () => {
        const many = 2000;
        shop = await openHistory({ count: many, length: 200 });
        for (const after of [300, 1, 700, 40, 500]) shop.losses.push({ after, end });
        const answer = await ask(shop.address, WATCH, { headers });
        expect(tokens(answer.text)).to.deep.equal(numbers(1, many));
        expect(await logged()).to.include({ status: 200, resumed: 5 });
      });
    }
  }

  it("begins as the client asked when it is lost before the first message", async () => {
    shop = await openHistory({ count: COUNT });
    shop.losses.push({ after: 0, end: away });
    const answer = await ask(shop.address, WATCH, { headers: { ...EVENTS, "last-event-id": "37" } });
    expect(FRAMINGS["server-sent events"].tokens(answer.text)).to.deep.equal(["38", "39", "40"]);
    expect(shop.asked()).to.deep.equal(["37", "37"]);
  });

  it("is lost as often as it likes, when a message comes each time", async () => {
    shop = await openHistory({ count: COUNT, resumeMs: 400 });
    shop.losses.push(...Array.from({ length: 12 }, () => ({ after: 1, end: away })));
    const answer = await ask(shop.address, WATCH);
    expect(FRAMINGS.NDJSON.tokens(answer.text)).to.deep.equal(numbers(1, COUNT));
  });

  it("goes on with the rest of the request, the metadata and the deadline", async () => {
    shop = await openHistory({ count: COUNT });
    shop.losses.push({ after: 2, end: away });
    const headers = { "x-request-id": "mine", "x-request-timeout": "30s" };
    await ask(shop.address, `${WATCH}?items=items/a&items=items/b`, { headers });
    const [first, second] = shop.calls;
    expect(second?.requests[0]).to.deep.include({ items: ["items/a", "items/b"], resumeToken: "2" });
    expect(second?.metadata.get("x-request-id")).to.deep.equal(["mine"]);
    expect(second?.metadata.get("authorization")).to.deep.equal(["Bearer token"]);
    expect(Number(second?.deadline)).to.be.within(
      Number(first?.deadline) - 2000,
      Number(first?.deadline) + 500,
    );
  });

  it("keeps its heartbeat", async () => {
    shop = await openHistory({ count: COUNT, heartbeatMs: 20 });
    let back = () => {};
    const comments = () => text().split(": still here").length - 1;
    let text = () => "";
    shop.losses.push({ after: 1, end: away }, ...Array.from({ length: 2 }, () => ({ after: 0, end: away })));
    shop.losses.push({ after: 0, end: away, seen: () => new Promise<void>((resolve) => (back = resolve)) });
    const answer = await follow(shop.address, WATCH, EVENTS);
    text = answer.text;
    await eventually("the service is away for the fourth time", () => shop.calls.length === 4);
    const before = comments();
    await eventually("comments while it is away", () => comments() >= before + 2);
    back();
    await answer.ended;
    const events = answer.text().replaceAll(": still here\n\n", "");
    expect(FRAMINGS["server-sent events"].tokens(events)).to.deep.equal(numbers(1, COUNT));
  });

  it("takes no more from the upstream than a client that does not read has room for", async () => {
    const many = 1500;
    shop = await openHistory({ count: many, length: 16 * 1024 });
    shop.losses.push({ after: 20, end: away }, { after: 700, end: away });
    const sent = open(shop.address, WATCH).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.pause();
    await eventually("it is resumed", () => shop.calls.length === 2);
    await settled("the upstream waits for the client", () => shop.calls[1]?.call.writableLength);
    expect([shop.calls.length, shop.losses.length]).to.deep.equal([2, 0]);
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk;
    expect(FRAMINGS.NDJSON.tokens(text)).to.deep.equal(numbers(1, many));
  });
});

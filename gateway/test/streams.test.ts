import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { create } from "@bufbuild/protobuf";
import { status as Code, type StatusObject } from "@grpc/grpc-js";
import {
  type ImportItemsRequest,
  WatchStockResponseSchema,
} from "@theseus/contract/es/theseus/inventory/v1/inventory_service_pb.js";
import { eventually, settled } from "@theseus/testing";
import { expect } from "chai";
import { type Arrived, answering, failing, type Script, send } from "./echo-upstream.js";
import { type Ask, ask, errorOf, fieldsOf, follow, open, reasonOf } from "./http-client.js";
import { openShop, type Shop } from "./shop.js";

const WATCH = "/v1/items:watchStock";
const level = (token: string, item = "items/tea") =>
  create(WatchStockResponseSchema, { resumeToken: token, level: { item } });

/** Sends levels with these tokens, and leaves the stream open. */
const levels =
  (...tokens: readonly string[]): Script =>
  (arrived, method) => {
    for (const token of tokens) send(arrived, method, level(token));
  };

/** Sends levels with these tokens, and ends the stream. */
const allLevels =
  (...tokens: readonly string[]): Script =>
  async (arrived, method) => {
    await levels(...tokens)(arrived, method);
    arrived.call.end();
  };

describe("A stream of answers", () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop[Symbol.asyncDispose]());

  it("is a line of JSON a message", async () => {
    shop.upstream.script = allLevels("1", "2");
    const answer = await ask(shop.address, WATCH);
    expect(answer.headers["content-type"]).to.equal("application/x-ndjson");
    const lines = answer.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => [line.level.item, line.resumeToken])).to.deep.equal([
      ["items/tea", "1"],
      ["items/tea", "2"],
    ]);
  });

  it("is events for who accepts them, with the resume token as id", async () => {
    shop.upstream.script = allLevels("1");
    const answer = await ask(shop.address, WATCH, { headers: { accept: "text/event-stream" } });
    expect(answer.headers["content-type"]).to.equal("text/event-stream");
    expect(answer.text).to.match(/^id: 1\ndata: \{.*"resumeToken":"1"\}\n\n/);
  });

  it("goes on after the id that an EventSource has seen last", async () => {
    shop.upstream.script = allLevels();
    await ask(shop.address, WATCH, { headers: { accept: "text/event-stream", "last-event-id": "41" } });
    expect(shop.upstream.last().requests[0]).to.include({ resumeToken: "41" });
  });

  it("keeps silent events alive with comments", async () => {
    await using lively = await openShop({ heartbeatMs: 40 });
    lively.upstream.script = levels();
    const answer = await follow(lively.address, WATCH, { accept: "text/event-stream" });
    await eventually("two comments", () => answer.text().split("\n\n").length > 2);
    lively.upstream.last().call.end();
    await answer.ended;
    expect(answer.text()).to.match(/^(: still here\n\n){2,}$/);
  });

  it("shows its headers before the first message", async () => {
    await using silent = await openShop({ heartbeatMs: 60_000 });
    silent.upstream.script = ({ call }) => call.sendMetadata(call.metadata.clone());
    const sent = open(silent.address, WATCH);
    sent.end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect(response.statusCode).to.equal(200);
    sent.on("error", () => {}).destroy();
  });

  it("is only given in its own types", async () => {
    const answer = await ask(shop.address, WATCH, { headers: { accept: "application/json" } });
    expect([answer.status, reasonOf(errorOf(answer))]).to.deep.equal([406, "NOT_ACCEPTABLE"]);
  });

  it("that fails before its first message has the failure's status", async () => {
    shop.upstream.script = failing({ code: Code.OUT_OF_RANGE, details: "too old" });
    const answer = await ask(shop.address, WATCH);
    expect([answer.status, errorOf(answer).message]).to.deep.equal([400, "too old"]);
  });

  /** A stream that fails once its client has read a first message. */
  async function failingLate(status: Partial<StatusObject>, headers: Ask["headers"] = {}) {
    shop.upstream.script = levels("1");
    const answer = await follow(shop.address, WATCH, headers);
    await eventually("a first message", () => answer.text().includes("}\n"));
    shop.upstream.last().call.emit("error", status);
    await answer.ended;
    return answer;
  }

  it("that fails later ends with the error as its last line", async () => {
    const answer = await failingLate({ code: Code.ABORTED, details: "moved" });
    expect(answer.lines()).to.have.lengthOf(2);
    expect(errorOf(answer.lines()[1] ?? "")).to.include({ code: 409, status: "ABORTED", message: "moved" });
  });

  it("that fails later ends with an error event", async () => {
    const answer = await failingLate({ code: Code.ABORTED }, { accept: "text/event-stream" });
    expect(answer.text()).to.match(/\n\nevent: error\ndata: \{"error":\{"code":409,.*\}\n\n$/);
  });

  it("ends with the deadline, with its status before the first message and inside the stream after it", async () => {
    shop.upstream.script = levels();
    const early = await ask(shop.address, WATCH, { headers: { "x-request-timeout": "0.1s" } });
    expect([early.status, reasonOf(errorOf(early))]).to.deep.equal([504, "DEADLINE_EXCEEDED"]);
    const late = await failingLate({ code: Code.DEADLINE_EXCEEDED });
    expect(reasonOf(errorOf(late.lines()[1] ?? ""))).to.equal("DEADLINE_EXCEEDED");
  });

  it("is cancelled when the client leaves", async () => {
    shop.upstream.script = levels("1");
    const sent = open(shop.address, WATCH);
    sent.end();
    await once(sent, "response");
    sent.on("error", () => {}).destroy();
    await eventually("the call is cancelled", () => shop.upstream.last().cancelled);
  });

  it("ends with an error when the gateway stops", async () => {
    shop.upstream.script = levels("1");
    const answer = await follow(shop.address, WATCH);
    await eventually("a first line", () => answer.lines().length === 1);
    await shop.gateway[Symbol.asyncDispose]();
    await answer.ended;
    expect(reasonOf(errorOf(answer.lines()[1] ?? ""))).to.equal("SERVICE_UNAVAILABLE");
  });

  it("takes no more from the upstream than a client that does not read has room for", async () => {
    const many = 4000;
    let sentCount = 0;
    shop.upstream.script = async (arrived, method) => {
      const message = level("x".repeat(16 * 1024));
      for (; sentCount < many && !arrived.cancelled; sentCount += 1) {
        if (!send(arrived, method, message)) await once(arrived.call, "drain");
      }
      arrived.call.end();
    };
    const sent = open(shop.address, WATCH);
    sent.end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.pause();
    await settled("the upstream waits for the client", () => sentCount);
    expect(sentCount).to.be.below(many / 2);
    let bytes = 0;
    for await (const chunk of response) bytes += chunk.length;
    expect(bytes).to.be.above(many * 16 * 1024);
  });
});

describe("A stream of requests", () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop[Symbol.asyncDispose]());

  const IMPORT = "/v1/items:import";
  const ndjson = { "content-type": "application/x-ndjson" };
  const imported = () => shop.upstream.last().requests as ImportItemsRequest[];

  it("is a message a line, blank lines and the last newline aside", async () => {
    const body = '{"itemId":"a"}\r\n\n{"item_id":"b","item":{"title":"B"}}\n{"itemId":"c"}';
    const answer = await ask(shop.address, IMPORT, { method: "POST", headers: ndjson, body });
    expect([answer.status, JSON.parse(answer.text).createdCount]).to.deep.equal([200, "0"]);
    expect(imported().map((row) => row.itemId)).to.deep.equal(["a", "b", "c"]);
  });

  it("is sent as it comes", async () => {
    const sent = open(shop.address, IMPORT, { method: "POST", headers: ndjson });
    sent.write('{"itemId":"a"}\n{"item');
    await eventually(
      "the first message arrives",
      () => shop.upstream.arrived.length === 1 && imported().length === 1,
    );
    sent.end('Id":"b"}');
    await once(sent, "response");
    expect(imported()).to.have.lengthOf(2);
    sent.destroy();
  });

  const bad: readonly (readonly [string, string, RegExp])[] = [
    ["not JSON", '{"itemId":"a"}\n\n{"itemId"}', /^line 3 is not JSON: .*column 10/],
    ["of another type", '{"itemId":"a"}\n{"itemId":7}', /^line 2: itemId: must be a string/],
    ["with an unknown field", '{"colour":7}', /^line 1: colour: there is no such field/],
  ];
  for (const [what, body, message] of bad) {
    it(`is refused at a line that is ${what}, by its number, and cancelled`, async () => {
      const answer = await ask(shop.address, IMPORT, { method: "POST", headers: ndjson, body });
      const error = errorOf(answer);
      expect([answer.status, reasonOf(error)]).to.deep.equal([400, "REQUEST_MALFORMED"]);
      expect(error.message).to.match(message);
      if (message.source.includes("itemId")) expect(fieldsOf(error)).to.deep.equal(["itemId"]);
      expect(error.details[0]?.metadata).to.have.property("line");
      await eventually("all calls that arrived are cancelled", () =>
        shop.upstream.arrived.every((each) => each.cancelled),
      );
    });
  }

  it("is refused at a line above the limit", async () => {
    const body = `{"itemId":"${"x".repeat(300_000)}"}`;
    const answer = await ask(shop.address, IMPORT, { method: "POST", headers: ndjson, body });
    expect([answer.status, reasonOf(errorOf(answer))]).to.deep.equal([413, "REQUEST_TOO_LARGE"]);
  });

  it("must say that it is one", async () => {
    expect((await ask(shop.address, IMPORT, { method: "POST", body: "{}" })).status).to.equal(415);
  });

  it("ends when the upstream ends it, though the client has more", async () => {
    shop.upstream.early = true;
    shop.upstream.script = failing({ code: Code.ALREADY_EXISTS, details: "row 0" });
    const sent = open(shop.address, IMPORT, { method: "POST", headers: ndjson });
    sent.on("error", () => {});
    sent.write('{"itemId":"a"}\n');
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect([response.statusCode, response.headers.connection]).to.deep.equal([409, "close"]);
    sent.destroy();
  });

  it("is read no faster than the upstream takes it", async () => {
    shop.upstream.early = true;
    let call: Arrived["call"] | undefined;
    shop.upstream.script = (arrived) => {
      call = arrived.call;
    };
    const line = Buffer.from(`{"itemId":"${"x".repeat(16_000)}"}\n`);
    const sent = open(shop.address, IMPORT, { method: "POST", headers: ndjson });
    sent.on("error", () => {});
    let lines = 0;
    const pump = async () => {
      for (; lines < 4000; lines += 1) if (!sent.write(line)) await once(sent, "drain");
    };
    void pump().catch(() => {});
    await eventually("the call arrives", () => call);
    await settled("the client waits for the upstream", () => lines);
    expect(lines).to.be.above(0).and.below(2000);
    shop.upstream.script = answering(() => undefined);
    call?.destroy();
    sent.destroy();
  });
});

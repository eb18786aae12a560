import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import type { Metadata } from "@grpc/grpc-js";
import { ErrorInfoSchema, RetryInfoSchema } from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { StatusSchema } from "@theseus/contract/es/google/rpc/status_pb.js";
import { InventoryServiceService as definition } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { expect } from "chai";
import { type Call, Code, ErrorReason, StatusError } from "../src/index.js";
import {
  admin,
  count,
  failureOf,
  headersOf,
  item,
  level,
  rawCall,
  row,
  startInventory,
  until,
} from "./fake-inventory.js";

const GET = "/theseus.inventory.v1.InventoryService/GetItem";

async function* from<T>(...values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

async function refusalOf(promise: Promise<unknown>): Promise<StatusError> {
  const error = await failureOf(promise);
  expect(error).to.be.instanceOf(StatusError);
  return error as StatusError;
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}

describe("a unary call", () => {
  it("brings request and response over", async () => {
    await using shop = await startInventory({ getItem: async ({ name }) => item({ name, title: "Oar" }) });
    const got = await shop.client.getItem({ name: "items/oar" });
    expect(got.title).to.equal("Oar");
  });

  it("tells the handler who calls, for whom, and until when", async () => {
    let seen: Call | undefined;
    await using shop = await startInventory({
      getItem: async (_, call) => {
        seen = call;
        return item();
      },
    });
    const metadata = headersOf({ caller: "gateway", user: "users/ann", requestId: "req.1" });
    await shop.client.getItem({ name: "items/oar" }, { metadata });
    expect(seen?.caller).to.equal("gateway");
    expect(seen?.principal).to.deep.equal({ user: "users/ann", roles: ["customer"], sessionId: "s1" });
    expect(seen?.requestId).to.equal("req.1");
    expect(seen?.outgoing.get("x-request-id")).to.deep.equal(["req.1"]);
    expect(seen?.deadline.getTime()).to.be.within(Date.now(), Date.now() + 2000);
  });

  it("passes the trace on as a child of the handler's span", async () => {
    let outgoing: string | undefined;
    await using shop = await startInventory({
      getItem: async (_, call) => {
        outgoing = String(call.outgoing.get("traceparent")[0]);
        return item();
      },
    });
    const metadata = headersOf({});
    metadata.set("traceparent", `00-${"a".repeat(32)}-${"b".repeat(16)}-01`);
    await shop.client.getItem({ name: "items/oar" }, { metadata });
    expect(outgoing).to.match(new RegExp(`^00-${"a".repeat(32)}-(?!b{16})[0-9a-f]{16}-01$`));
  });

  it("writes one access line with method, code, time and request id", async () => {
    await using shop = await startInventory({ getItem: async () => item() });
    await shop.client.getItem(
      { name: "items/oar" },
      { metadata: headersOf({ caller: "gateway", requestId: "r7" }) },
    );
    await until(() => shop.lines.some((line) => line.event === "call"));
    const lines = shop.lines.filter((line) => line.event === "call");
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({
      level: "info",
      method: GET,
      code: "OK",
      caller: "gateway",
      "x-request-id": "r7",
    });
    expect(lines[0]?.ms).to.be.a("number");
  });
});

describe("a refusal", () => {
  it("carries ErrorInfo and RetryInfo on the wire", async () => {
    const refuse = async () => {
      throw new StatusError(ErrorReason.ITEM_NOT_FOUND, "no such item: öl", {
        metadata: { item: "items/oar" },
        retryAfterMs: 1500,
      });
    };
    await using shop = await startInventory({ getItem: refuse });
    const stream = rawCall(shop.channel, GET);
    const status = new Promise<{ code: number; details: string; metadata: Metadata }>((resolve) => {
      stream
        .on("error", () => undefined)
        .on("status", resolve)
        .resume();
    });
    stream.end(definition.getItem.requestSerialize({ name: "items/oar" }));
    const { code, details, metadata } = await status;
    expect([code, details]).to.deep.equal([Code.NOT_FOUND, "no such item: öl"]);
    const message = fromBinary(StatusSchema, Buffer.from(metadata.get("grpc-status-details-bin")[0] ?? ""));
    expect([message.code, message.message]).to.deep.equal([Code.NOT_FOUND, "no such item: öl"]);
    const [info, retry] = message.details;
    expect(info && anyUnpack(info, ErrorInfoSchema)).to.deep.include({
      reason: "ITEM_NOT_FOUND",
      domain: "theseus",
      metadata: { item: "items/oar" },
    });
    expect(retry && anyUnpack(retry, RetryInfoSchema)?.retryDelay).to.deep.include({
      seconds: 1n,
      nanos: 500_000_000,
    });
  });

  it("reaches the client with reason, text and metadata", async () => {
    await using shop = await startInventory({
      getItem: async ({ name }) => {
        throw new StatusError(ErrorReason.ITEM_NOT_FOUND, "there is no such item", {
          metadata: { item: name },
        });
      },
    });
    const error = await refusalOf(shop.client.getItem({ name: "items/oar" }));
    expect([error.code, error.reason]).to.deep.equal([Code.NOT_FOUND, ErrorReason.ITEM_NOT_FOUND]);
    expect(error.message).to.equal("there is no such item");
    expect(error.details.metadata).to.deep.equal({ item: "items/oar" });
    expect(error.remote).to.equal(true);
  });

  for (const [what, thrown] of [
    [
      "a reason that the method does not declare",
      new StatusError(ErrorReason.EMAIL_TAKEN, "taken: a@b.example"),
    ],
    ["an error of a driver", new TypeError("cannot read secret of ann@shop.example")],
    ["something that is no error", "boo"],
  ] as const) {
    it(`goes out as INTERNAL with a fixed text for ${what}, and is logged once with its cause`, async () => {
      await using shop = await startInventory({ getItem: () => Promise.reject(thrown) });
      const error = await refusalOf(shop.client.getItem({ name: "items/oar" }));
      expect([error.code, error.reason, error.message]).to.deep.equal([
        Code.INTERNAL,
        ErrorReason.INTERNAL,
        "internal error",
      ]);
      await until(() => shop.lines.some((line) => line.event === "call"));
      const faults = shop.lines.filter((line) => line.level === "error");
      expect(faults).to.have.length(1);
      expect(faults[0]?.err).to.have.property("message");
      expect(JSON.stringify(faults)).not.to.contain("@shop.example").and.not.contain("a@b.example");
    });
  }

  it("of a peer that was called is not passed on as our own", async () => {
    await using behind = await startInventory({
      addStock: () => Promise.reject(new StatusError(ErrorReason.CALLER_DENIED, "not you")),
      getItem: () => Promise.reject(new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "store down")),
    });
    await using shop = await startInventory({
      getItem: async ({ name }) => {
        if (name === "items/a") await behind.client.getItem({ name });
        await behind.client.addStock(
          { ...definition.addStock.requestDeserialize(Buffer.alloc(0)) },
          { metadata: admin() },
        );
        return item();
      },
    });
    expect((await refusalOf(shop.client.getItem({ name: "items/a" }))).reason).to.equal(
      ErrorReason.SERVICE_UNAVAILABLE,
    );
    expect((await refusalOf(shop.client.getItem({ name: "items/b" }))).reason).to.equal(ErrorReason.INTERNAL);
  });
});

describe("a request", () => {
  it("that breaks rules is refused with path and rule of each", async () => {
    await using shop = await startInventory({ getItem: async () => item() });
    const error = await refusalOf(shop.client.getItem({ name: "boats/oar" }));
    expect([error.code, error.reason]).to.deep.equal([Code.INVALID_ARGUMENT, ErrorReason.VALIDATION_FAILED]);
    expect(error.details.violations.map(({ field, rule }) => [field, rule])).to.deep.equal([
      ["name", "string.pattern"],
    ]);
  });

  for (const [what, bytes, reason] of [
    ["does not decode", Buffer.from([0x0a, 0xff]), ErrorReason.REQUEST_MALFORMED],
    ["is not UTF-8", Buffer.from([0x0a, 0x01, 0xff]), ErrorReason.REQUEST_MALFORMED],
    ["is larger than the method takes", Buffer.alloc(70_000), ErrorReason.REQUEST_TOO_LARGE],
    ["is not there", undefined, ErrorReason.REQUEST_MALFORMED],
  ] as const) {
    it(`that ${what} is refused as ${ErrorReason[reason]}`, async () => {
      await using shop = await startInventory({ getItem: async () => item() });
      const stream = rawCall(shop.channel, GET);
      const failure = new Promise<unknown>((resolve) => stream.on("error", resolve).resume());
      if (bytes) stream.write(bytes);
      stream.end();
      expect(StatusError.from(await failure).reason).to.equal(reason);
    });
  }

  it("of an unknown method is UNIMPLEMENTED", async () => {
    await using shop = await startInventory({});
    const stream = rawCall(shop.channel, "/theseus.inventory.v1.InventoryService/Nope");
    const failure = new Promise<unknown>((resolve) => stream.on("error", resolve).resume());
    stream.end();
    expect(StatusError.from(await failure).reason).to.equal(ErrorReason.UNIMPLEMENTED);
  });
});

describe("access", () => {
  const cases = [
    ["a method for everybody", "getItem", {}, undefined],
    ["a workload that the contract does not name", "getItem", { caller: "user" }, ErrorReason.CALLER_DENIED],
    [
      "a method for users without a token",
      "getReservation",
      { caller: "gateway" },
      ErrorReason.TOKEN_MISSING,
    ],
    [
      "a method for users with a token",
      "getReservation",
      { caller: "gateway", user: "users/ann" },
      undefined,
    ],
    ["a workload on its own behalf", "getReservation", { caller: "payment" }, undefined],
    ["a developer without a mesh", "getReservation", {}, undefined],
    ["a method for administrators without a token", "createItem", {}, ErrorReason.TOKEN_MISSING],
    [
      "a method for administrators as a customer",
      "createItem",
      { user: "users/ann" },
      ErrorReason.CALLER_DENIED,
    ],
    ["claims that are none", "getItem", { user: "ann" }, ErrorReason.TOKEN_INVALID],
  ] as const;
  for (const [what, method, who, reason] of cases) {
    it(`${reason === undefined ? "lets through" : `answers ${ErrorReason[reason]} to`} ${what}`, async () => {
      const reached = () => Promise.reject(new StatusError(ErrorReason.RATE_LIMITED, "reached"));
      await using shop = await startInventory({
        getItem: reached,
        getReservation: reached,
        createItem: reached,
      });
      const { requestDeserialize, requestSerialize, path } = definition[method];
      const stream = rawCall(shop.channel, path, headersOf(who));
      const failure = new Promise<unknown>((resolve) => stream.on("error", resolve).resume());
      const name = method === "getItem" ? "items/oar" : "reservations/r1";
      stream.end(requestSerialize({ ...requestDeserialize(Buffer.alloc(0)), name } as never));
      expect(StatusError.from(await failure).reason).to.equal(reason ?? ErrorReason.RATE_LIMITED);
    });
  }
});

describe("the end of a call", () => {
  it("comes with the caller's deadline and aborts the handler's signal", async () => {
    let signal: AbortSignal | undefined;
    await using shop = await startInventory({
      getItem: (_, call) => {
        signal = call.signal;
        return new Promise(() => undefined);
      },
    });
    const deadline = new Date(Date.now() + 100);
    const error = await refusalOf(shop.client.getItem({ name: "items/oar" }, { deadline }));
    expect(error.reason).to.equal(ErrorReason.DEADLINE_EXCEEDED);
    await until(() => signal?.aborted === true);
    expect(signal?.reason).to.have.property("reason", ErrorReason.DEADLINE_EXCEEDED);
  });

  it("comes with the contract's timeout for a caller that has none, with details", async () => {
    await using shop = await startInventory({ getItem: () => new Promise(() => undefined) });
    const identity = (bytes: Buffer): Buffer => bytes;
    const started = Date.now();
    const error = await new Promise<unknown>((resolve) => {
      const request = definition.getItem.requestSerialize({ name: "items/oar" });
      shop.channel.makeUnaryRequest(GET, identity, identity, request, resolve);
    });
    expect(StatusError.from(error).message).to.equal("the deadline has passed");
    expect(Date.now() - started).to.be.within(1500, 4000);
  });

  it("comes when the caller cancels, which aborts the handler's signal", async () => {
    let signal: AbortSignal | undefined;
    await using shop = await startInventory({
      getItem: (_, call) => {
        signal = call.signal;
        return new Promise(() => undefined);
      },
    });
    const caller = new AbortController();
    const call = refusalOf(shop.client.getItem({ name: "items/oar" }, { signal: caller.signal }));
    await until(() => signal !== undefined);
    caller.abort();
    expect((await call).reason).to.equal(ErrorReason.CANCELLED);
    await until(() => signal?.aborted === true);
    expect(signal?.reason).to.have.property("reason", ErrorReason.CANCELLED);
  });
});

describe("a response stream", () => {
  const watch = { items: [], resumeToken: "" };

  it("brings all messages over, in order", async () => {
    await using shop = await startInventory({ watchStock: () => from(level("a"), level("b")) });
    const got = await all(shop.client.watchStock(watch));
    expect(got.map((each) => each.resumeToken)).to.deep.equal(["a", "b"]);
  });

  it("ends with the status and details of what the handler throws after messages", async () => {
    await using shop = await startInventory({
      watchStock: async function* () {
        yield level("a");
        throw new StatusError(ErrorReason.RESUME_TOKEN_EXPIRED, "too old", { metadata: { since: "x" } });
      },
    });
    const got: string[] = [];
    const error = await refusalOf(
      (async () => {
        for await (const each of shop.client.watchStock(watch)) got.push(each.resumeToken);
      })(),
    );
    expect(got).to.deep.equal(["a"]);
    expect([error.reason, error.details.metadata]).to.deep.equal([
      ErrorReason.RESUME_TOKEN_EXPIRED,
      { since: "x" },
    ]);
  });

  it("is produced no faster than it is read", async () => {
    const big = "x".repeat(64 * 1024);
    let produced = 0;
    await using shop = await startInventory({
      watchStock: async function* () {
        for (; produced < 2000; produced++) yield level(big);
      },
    });
    let before = -1;
    for await (const _ of shop.client.watchStock(watch)) {
      while (before !== produced) {
        before = produced;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      break;
    }
    expect(before).to.be.within(1, 500);
  });

  it("calls the iterator's return() when the caller leaves, even while it waits", async () => {
    let returned = false;
    const iterator: AsyncIterableIterator<ReturnType<typeof level>> = {
      [Symbol.asyncIterator]: () => iterator,
      next: (() => {
        let first = true;
        return () => {
          if (!first) return new Promise(() => undefined);
          first = false;
          return Promise.resolve({ value: level("a") });
        };
      })(),
      return: async () => {
        returned = true;
        return { done: true, value: undefined };
      },
    };
    await using shop = await startInventory({ watchStock: () => iterator });
    for await (const _ of shop.client.watchStock(watch)) break;
    await until(() => returned);
  });
});

describe("a request stream", () => {
  it("is read message by message and answered once", async () => {
    await using shop = await startInventory({
      importItems: async (rows) => ({ createdCount: BigInt((await all(rows)).length), repeatedCount: 0n }),
    });
    const answer = await shop.client.importItems(from(row("a"), row("b"), row("c")), { metadata: admin() });
    expect(answer.createdCount).to.equal(3n);
  });

  it("is checked by the contract's rules, naming the message", async () => {
    await using shop = await startInventory({
      importItems: async (rows) => ({ createdCount: BigInt((await all(rows)).length), repeatedCount: 0n }),
    });
    const rows = from(row("a"), row("b"), row("NOT OK"), row("d"));
    const error = await refusalOf(shop.client.importItems(rows, { metadata: admin() }));
    expect(error.reason).to.equal(ErrorReason.VALIDATION_FAILED);
    expect(error.details.metadata).to.deep.equal({ message_index: "2" });
    expect(error.details.violations.map((violation) => violation.field)).to.deep.equal(["item_id"]);
  });

  it("ends the call with what its source throws", async () => {
    await using shop = await startInventory({ importItems: () => new Promise(() => undefined) });
    const broken = async function* () {
      yield row("a");
      throw new RangeError("no more");
    };
    const error = await failureOf(shop.client.importItems(broken(), { metadata: admin() }));
    expect(error).to.be.instanceOf(RangeError);
  });
});

describe("streams in both directions", () => {
  it("answer while requests come", async () => {
    await using shop = await startInventory({
      syncStock: async function* (counts) {
        for await (const { requestId } of counts) yield { requestId, outcome: undefined };
      },
    });
    let answered = 0;
    const counts = async function* () {
      for (let sent = 0; sent < 3; sent++) {
        await until(() => answered === sent);
        yield count("items/a");
      }
    };
    for await (const _ of shop.client.syncStock(counts(), { metadata: admin() })) answered++;
    expect(answered).to.equal(3);
  });
});

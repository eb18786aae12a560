import { Metadata } from "@grpc/grpc-js";
import { InventoryServiceService as definition } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { asCaller, eventually, rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { type Call, Code, createClient, ErrorReason, StatusError } from "../src/index.js";
import { type FakeInventory, item, rawCall, startInventory } from "./fake-inventory.js";

const GET = "/theseus.inventory.v1.InventoryService/GetItem";

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
    const caller = asCaller({ workload: "gateway", user: "users/ann", requestId: "req.1" });
    const started = Date.now();
    await shop.client.getItem({ name: "items/oar" }, caller);
    expect(seen?.caller).to.equal("gateway");
    expect(seen?.principal).to.deep.equal({
      user: "users/ann",
      roles: ["customer"],
      sessionId: "s1",
      isAdmin: false,
    });
    expect(seen?.requestId).to.equal("req.1");
    expect(seen?.outgoing.get("x-request-id")).to.deep.equal(["req.1"]);
    expect(seen?.deadline.getTime()).to.be.within(started, Date.now() + 2000);
  });

  it("passes the trace on as a child of the handler's span", async () => {
    let outgoing: string | undefined;
    await using shop = await startInventory({
      getItem: async (_, call) => {
        outgoing = String(call.outgoing.get("traceparent")[0]);
        return item();
      },
    });
    const { metadata } = asCaller({});
    metadata.set("traceparent", `00-${"a".repeat(32)}-${"b".repeat(16)}-01`);
    await shop.client.getItem({ name: "items/oar" }, { metadata });
    expect(outgoing).to.match(new RegExp(`^00-${"a".repeat(32)}-(?!b{16})[0-9a-f]{16}-01$`));
  });

  it("writes one access line with method, code, time and request id", async () => {
    await using shop = await startInventory({ getItem: async () => item() });
    await shop.client.getItem(
      { name: "items/oar" },
      { ...asCaller({ workload: "gateway", requestId: "r7" }) },
    );
    await eventually("the call is logged", () => shop.records.find(({ event }) => event === "call"));
    const lines = shop.records.filter((line) => line.event === "call");
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({
      level: "info",
      method: GET,
      code: "OK",
      caller: "gateway",
      request_id: "r7",
    });
    expect(lines[0]?.ms).to.be.a("number");
  });
});

describe("a request", () => {
  it("that breaks rules is refused with path and rule of each", async () => {
    await using shop = await startInventory({ getItem: async () => item() });
    const error = await rejectionOf(shop.client.getItem({ name: "boats/oar" }), StatusError);
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
    [
      "a workload that the contract does not name",
      "getItem",
      { workload: "user" },
      ErrorReason.CALLER_DENIED,
    ],
    [
      "a method for users without a token",
      "getReservation",
      { workload: "gateway" },
      ErrorReason.TOKEN_MISSING,
    ],
    [
      "a method for users with a token",
      "getReservation",
      { workload: "gateway", user: "users/ann" },
      undefined,
    ],
    ["a workload on its own behalf", "getReservation", { workload: "payment" }, undefined],
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
      const stream = rawCall(shop.channel, path, asCaller(who).metadata);
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
    let left = 50;
    const error = await eventually("a call that reaches the handler in time", async () => {
      left *= 2;
      const ended = await untimedCall(shop, `${left}m`);
      return signal !== undefined && ended;
    });
    expect(error.reason).to.equal(ErrorReason.DEADLINE_EXCEEDED);
    await eventually("the signal is aborted", () => signal?.aborted);
    expect(signal?.reason).to.have.property("reason", ErrorReason.DEADLINE_EXCEEDED);
  });

  it("comes with the contract's timeout for a caller that has none, with details", async () => {
    let reached = 0;
    let until = 0;
    await using shop = await startInventory({
      getItem: (_, { deadline }) => {
        reached = Date.now();
        until = deadline.getTime();
        return new Promise(() => undefined);
      },
    });
    const started = Date.now();
    const error = await untimedCall(shop);
    expect(error.message).to.equal("the deadline has passed");
    expect(until).to.be.within(started + 2000, reached + 2000);
    // Timers are exact to a millisecond.
    expect(Date.now()).to.be.at.least(until - 1);
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
    const call = rejectionOf(
      shop.client.getItem({ name: "items/oar" }, { signal: caller.signal }),
      StatusError,
    );
    await eventually("the handler runs", () => signal);
    caller.abort();
    expect((await call).reason).to.equal(ErrorReason.CANCELLED);
    await eventually("the signal is aborted", () => signal?.aborted);
    expect(signal?.reason).to.have.property("reason", ErrorReason.CANCELLED);
  });
});

/** How GetItem fails for a caller that tells its deadline, if any, and does not end the call by itself then. */
async function untimedCall(shop: FakeInventory, timeout?: string): Promise<StatusError> {
  const metadata = new Metadata();
  if (timeout !== undefined) metadata.set("grpc-timeout", timeout);
  const identity = (bytes: Buffer): Buffer => bytes;
  const request = definition.getItem.requestSerialize({ name: "items/oar" });
  const error = await new Promise<unknown>((resolve) => {
    shop.channel.makeUnaryRequest(GET, identity, identity, request, metadata, resolve);
  });
  return StatusError.from(error);
}

describe("a client", () => {
  it("says SERVICE_UNAVAILABLE, retryable, when nobody listens, and reaches a server that comes later", async () => {
    await using shop = await startInventory({});
    const address = `${shop.address}2`;
    await using client = createClient(definition, { address, timeoutMs: 5000 });
    const error = await rejectionOf(client.getItem({ name: "items/oar" }), StatusError);
    expect([error.code, error.reason]).to.deep.equal([Code.UNAVAILABLE, ErrorReason.SERVICE_UNAVAILABLE]);
    expect(error.details.retryAfterMs).to.equal(1000);
    await using _late = await startInventory(
      { getItem: async () => item({ title: "Oar" }) },
      { listen: address },
    );
    const got = await eventually("an answer", () => client.getItem({ name: "items/oar" }));
    expect(got.title).to.equal("Oar");
  });

  it("ends a call to a server that never answers at its own time-out", async () => {
    await using shop = await startInventory({ getItem: () => new Promise(() => undefined) });
    await using client = createClient(definition, { address: shop.address, timeoutMs: 50 });
    const error = await rejectionOf(client.getItem({ name: "items/oar" }), StatusError);
    expect(error.reason).to.equal(ErrorReason.DEADLINE_EXCEEDED);
  });
});

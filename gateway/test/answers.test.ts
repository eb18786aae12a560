import { create, toBinary } from "@bufbuild/protobuf";
import { type Any, AnySchema, anyPack } from "@bufbuild/protobuf/wkt";
import { status as Code, Metadata } from "@grpc/grpc-js";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { StatusSchema } from "@theseus/contract/es/google/rpc/status_pb.js";
import { ErrorReasonSchema } from "@theseus/contract/es/theseus/error/v1/error_reason_pb.js";
import { ItemSchema } from "@theseus/contract/es/theseus/inventory/v1/item_pb.js";
import { ruleOf } from "@theseus/kit";
import { expect } from "chai";
import { REFUSALS } from "../src/gateway-error.js";
import { answering, failing } from "./echo-upstream.js";
import { ask, errorOf, fieldsOf, open, reasonOf } from "./http-client.js";
import { openShop, type Shop, until } from "./shop.js";

const info = (reason: string, metadata = {}) =>
  anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason, domain: "theseus", metadata }));

function status(code: number, message: string, details: readonly Any[]) {
  const metadata = new Metadata();
  const bytes = toBinary(StatusSchema, create(StatusSchema, { code, message, details: [...details] }));
  metadata.set("grpc-status-details-bin", Buffer.from(bytes));
  return failing({ code, details: message, metadata });
}

describe("An answer", () => {
  let shop: Shop;
  before(async () => {
    shop = await openShop();
  });
  after(() => shop[Symbol.asyncDispose]());

  it("is ProtoJSON with fields of zero, 64-bit integers as text", async () => {
    shop.upstream.script = answering(() =>
      create(ItemSchema, { name: "items/tea", onHand: 9223372036854775807n }),
    );
    const answer = await ask(shop.address, "/v1/items/tea");
    expect(answer.headers["content-type"]).to.equal("application/json");
    expect(JSON.parse(answer.text)).to.include({
      name: "items/tea",
      onHand: "9223372036854775807",
      held: "0",
      title: "",
    });
    expect(JSON.parse(answer.text)).to.not.have.property("unitPrice");
  });

  it("is only given as JSON", async () => {
    const answer = await ask(shop.address, "/v1/items/tea", {
      headers: { accept: "text/html, application/json;q=0" },
    });
    expect([answer.status, reasonOf(errorOf(answer))]).to.deep.equal([406, "NOT_ACCEPTABLE"]);
  });

  const table: readonly (readonly [number, number, string])[] = [
    [1, 499, "CANCELLED"],
    [2, 500, "UNKNOWN"],
    [3, 400, "INVALID_ARGUMENT"],
    [4, 504, "DEADLINE_EXCEEDED"],
    [5, 404, "NOT_FOUND"],
    [6, 409, "ALREADY_EXISTS"],
    [7, 403, "PERMISSION_DENIED"],
    [8, 429, "RESOURCE_EXHAUSTED"],
    [9, 400, "FAILED_PRECONDITION"],
    [10, 409, "ABORTED"],
    [11, 400, "OUT_OF_RANGE"],
    [12, 501, "UNIMPLEMENTED"],
    [13, 500, "INTERNAL"],
    [14, 503, "UNAVAILABLE"],
    [15, 500, "DATA_LOSS"],
    [16, 401, "UNAUTHENTICATED"],
    [17, 500, "UNKNOWN"],
    [99, 500, "UNKNOWN"],
  ];
  for (const [code, http, name] of table) {
    it(`of gRPC code ${code} is HTTP ${http} ${name}, with its details`, async () => {
      shop.upstream.script = status(code, "because", [info("WHY", { item: "items/tea" })]);
      const answer = await ask(shop.address, "/v1/items/tea");
      expect(answer.status).to.equal(http);
      expect(errorOf(answer)).to.deep.equal({
        code: http,
        status: name,
        message: "because",
        details: [
          {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            reason: "WHY",
            domain: "theseus",
            metadata: { item: "items/tea" },
          },
        ],
      });
    });
  }

  it("keeps a detail of an unknown type as its bytes", async () => {
    const unknown = create(AnySchema, {
      typeUrl: "type.googleapis.com/acme.Secret",
      value: Uint8Array.of(1, 2, 255),
    });
    shop.upstream.script = status(Code.NOT_FOUND, "gone", [unknown, info("ITEM_NOT_FOUND")]);
    const error = errorOf(await ask(shop.address, "/v1/items/tea"));
    expect(reasonOf(error)).to.equal("ITEM_NOT_FOUND");
    expect(error.details[0]).to.deep.equal({ "@type": "type.googleapis.com/acme.Secret", value: "AQL/" });
  });

  it("keeps a damaged detail as its bytes", async () => {
    const damaged = create(AnySchema, {
      typeUrl: "type.googleapis.com/google.rpc.ErrorInfo",
      value: Uint8Array.of(0xff),
    });
    shop.upstream.script = status(Code.ABORTED, "gone", [damaged]);
    const error = errorOf(await ask(shop.address, "/v1/items/tea"));
    expect(error.details[0]).to.include({ value: "/w==" });
  });

  it("names fields as JSON does", async () => {
    const fieldViolations = ["lines[3].unit_price.currency_code", "request_id", "no_such[1].field"].map(
      (field) => ({ field }),
    );
    shop.upstream.script = status(3, "bad", [
      info("VALIDATION_FAILED"),
      anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations })),
    ]);
    const answer = await ask(shop.address, "/v1/reservations", { method: "POST", body: "{}" });
    expect(fieldsOf(errorOf(answer))).to.deep.equal([
      "lines[3].unit_price.currency_code",
      "requestId",
      "no_such[1].field",
    ]);
  });

  it("says when to come again", async () => {
    const retry = anyPack(
      RetryInfoSchema,
      create(RetryInfoSchema, { retryDelay: { seconds: 2n, nanos: 1 } }),
    );
    shop.upstream.script = status(14, "later", [info("PROVIDER_UNAVAILABLE"), retry]);
    expect((await ask(shop.address, "/v1/items/tea")).headers["retry-after"]).to.equal("3");
  });

  it("asks for a token, and says when one was refused", async () => {
    shop.upstream.script = status(16, "who are you", [info("TOKEN_MISSING")]);
    const bare = await ask(shop.address, "/v1/payments");
    expect(bare.headers["www-authenticate"]).to.equal("Bearer");
    const refused = await ask(shop.address, "/v1/payments", { headers: { authorization: "Bearer x" } });
    expect(refused.headers["www-authenticate"]).to.equal('Bearer error="invalid_token"');
  });

  it("is 413 when the upstream finds the request too large", async () => {
    shop.upstream.script = status(8, "large", [info("REQUEST_TOO_LARGE")]);
    expect((await ask(shop.address, "/v1/items/tea")).status).to.equal(413);
  });

  it("hides what a library says of sockets and faults", async () => {
    for (const code of [Code.UNAVAILABLE, Code.INTERNAL, Code.UNKNOWN]) {
      shop.upstream.script = failing({ code, details: "connect ENOENT /run/secret.sock" });
      expect((await ask(shop.address, "/v1/items/tea")).text).to.not.contain("secret");
    }
  });

  it("is INTERNAL when the upstream's bytes are no message", async () => {
    shop.upstream.script = ({ call }) => {
      call.write(Uint8Array.of(0xff, 0xff));
      call.end();
    };
    const answer = await ask(shop.address, "/v1/items/tea");
    expect([answer.status, errorOf(answer).message]).to.deep.equal([500, "internal error"]);
  });

  it("agrees with the contract about the codes of the gateway's own reasons", () => {
    for (const [name, { code }] of Object.entries(REFUSALS)) {
      const value = ErrorReasonSchema.values.find((each) => each.name === name);
      expect(value, name).to.not.equal(undefined);
      expect(ruleOf(value?.number ?? 0).code, name).to.equal(code);
    }
  });
});

describe("A call of the upstream", () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop[Symbol.asyncDispose]());

  it("carries the token, the request's id and the trace, and nothing that only the mesh may say", async () => {
    const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const answer = await ask(shop.address, "/v1/items/tea", {
      headers: {
        authorization: "Bearer abc",
        "x-request-id": "order-17",
        traceparent: trace,
        tracestate: "a=b",
        "x-theseus-claims": "e30",
        "x-forwarded-client-cert": "URI=spiffe://theseus.local/ns/shop/sa/payment",
        "x-forwarded-for": "1.2.3.4",
        "grpc-timeout": "1n",
        "grpc-tags-bin": "AA==",
        cookie: "a=b",
        "x-else": "1",
      },
    });
    const { metadata } = shop.upstream.last();
    expect(answer.headers["x-request-id"]).to.equal("order-17");
    expect(metadata.getMap()).to.include({
      authorization: "Bearer abc",
      "x-request-id": "order-17",
      tracestate: "a=b",
    });
    expect(String(metadata.get("traceparent"))).to.contain("0af7651916cd43dd8448eb211c80319c");
    for (const name of [
      "x-theseus-claims",
      "x-forwarded-client-cert",
      "x-forwarded-for",
      "grpc-tags-bin",
      "cookie",
      "x-else",
    ]) {
      expect(metadata.get(name), name).to.deep.equal([]);
    }
  });

  it("gets an id when the client's is missing or not sane", async () => {
    for (const headers of [{}, { "x-request-id": "a b" }]) {
      const answer = await ask(shop.address, "/v1/items/tea", { headers });
      expect(answer.headers["x-request-id"]).to.match(/^[a-z0-9]{20}$/);
      expect(shop.upstream.last().metadata.get("x-request-id")).to.deep.equal([
        answer.headers["x-request-id"],
      ]);
    }
  });

  const left = async (headers: Record<string, string>) => {
    await ask(shop.address, "/v1/items/tea", { headers });
    return Number(shop.upstream.last().deadline) - Date.now();
  };

  it("has the method's deadline", async () => {
    expect(await left({})).to.be.within(1000, 2000);
  });

  it("has the client's deadline when that is earlier", async () => {
    expect(await left({ "x-request-timeout": "0.9s" })).to.be.within(1, 900);
    expect(await left({ "x-request-timeout": "600s" })).to.be.within(1000, 2000);
  });

  for (const text of ["5", "-1s", "0s", "soon", "1e3s"]) {
    it(`is not made for a bad deadline: ${text}`, async () => {
      const answer = await ask(shop.address, "/v1/items/tea", { headers: { "x-request-timeout": text } });
      expect([answer.status, fieldsOf(errorOf(answer))]).to.deep.equal([400, ["X-Request-Timeout"]]);
    });
  }

  it("ends with the deadline", async () => {
    shop.upstream.script = () => {};
    const answer = await ask(shop.address, "/v1/items/tea", { headers: { "x-request-timeout": "0.1s" } });
    expect([answer.status, reasonOf(errorOf(answer))]).to.deep.equal([504, "DEADLINE_EXCEEDED"]);
    await until(() => shop.upstream.last().cancelled);
  });

  it("is cancelled when the client leaves, and logged as 499", async () => {
    shop.upstream.script = () => {};
    const sent = open(shop.address, "/v1/items/tea");
    sent.on("error", () => {});
    sent.end();
    await until(() => shop.upstream.arrived.length === 1);
    sent.destroy();
    await until(() => shop.upstream.last().cancelled);
    await until(() => shop.logged().some((line) => line.status === 499));
  });

  it("is logged without query, body and token", async () => {
    const headers = { authorization: "Bearer s3cret" };
    await ask(shop.address, "/v1/items?pageToken=s3cret", { headers });
    await ask(shop.address, "/v1/sessions", {
      method: "POST",
      headers,
      body: '{"email":"s3cret","password":"s3cret"}',
    });
    const lines = shop.logged().filter((line) => line.event === "request");
    expect(lines[0]).to.include({ method: "GET", path: "/v1/items", status: 200 });
    expect(lines[1]).to.include({ rpc: "/theseus.user.v1.UserService/CreateSession" });
    expect(JSON.stringify(shop.logged())).to.not.contain("s3cret");
  });

  it("fails with 503, when to come again and no address, when the upstream is gone", async () => {
    await shop.upstream[Symbol.asyncDispose]();
    const answer = await ask(shop.address, "/v1/items/tea");
    expect([answer.status, reasonOf(errorOf(answer)), answer.headers["retry-after"]]).to.deep.equal([
      503,
      "SERVICE_UNAVAILABLE",
      "1",
    ]);
    expect(answer.text).to.not.contain(shop.upstream.address.split(":")[1]);
    expect((await ask(shop.address, "/readyz")).status).to.equal(503);
    expect((await ask(shop.address, "/healthz")).status).to.equal(200);
  });
});

describe("A gateway", () => {
  it("answers its own endpoints", async () => {
    await using shop = await openShop();
    expect((await ask(shop.address, "/healthz")).text).to.equal('{"status":"ALIVE"}');
    expect((await ask(shop.address, "/readyz")).text).to.equal('{"status":"READY"}');
    expect(JSON.parse((await ask(shop.address, "/openapi.json")).text).openapi).to.equal("3.1.0");
    expect((await ask(shop.address, "/healthz", { method: "POST" })).headers.allow).to.equal(
      "GET, HEAD, OPTIONS",
    );
  });

  it("refuses headers above 16 KiB", async () => {
    await using shop = await openShop();
    const answer = await ask(shop.address, "/v1/items", { headers: { "x-large": "x".repeat(20_000) } });
    expect(answer.status).to.equal(431);
  });

  it("gives up on a body that does not arrive", async () => {
    await using shop = await openShop({ bodyMs: 50 });
    const sent = open(shop.address, "/v1/payments", {
      method: "POST",
      headers: { "content-type": "application/json", "content-length": "10" },
    });
    sent.flushHeaders();
    const status = await new Promise((resolve) =>
      sent.once("response", (response) => resolve(response.statusCode)),
    );
    sent.on("error", () => {}).destroy();
    expect(status).to.equal(408);
  });

  it("lets running requests end when it stops, and cuts off the rest", async () => {
    const shop = await openShop({ drainMs: 300 });
    let finish = () => {};
    shop.upstream.script = (arrived, method) => {
      finish = () => void answering(() => undefined)(arrived, method);
    };
    const running = ask(shop.address, "/v1/items/tea");
    await until(() => shop.upstream.arrived.length === 1);
    const stuck = ask(shop.address, "/v1/users/u");
    const first = finish;
    await until(() => shop.upstream.arrived.length === 2);
    const stopped = shop[Symbol.asyncDispose]();
    first();
    expect((await running).status).to.equal(200);
    expect(reasonOf(errorOf(await stuck))).to.equal("SERVICE_UNAVAILABLE");
    await stopped;
  });
});

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
import { ruleOf, STATUS_DETAILS } from "@theseus/kit/contract";
import { expect } from "chai";
import { GATEWAY_REASONS } from "../src/errors/gateway-error.js";
import { answering, failing } from "./echo-upstream.js";
import { ask, errorOf, fieldsOf, reasonOf } from "./http-client.js";
import { openShop, type Shop } from "./shop.js";

const info = (reason: string, metadata = {}) =>
  anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason, domain: "theseus", metadata }));

function status(code: number, message: string, details: readonly Any[]) {
  const metadata = new Metadata();
  const bytes = toBinary(StatusSchema, create(StatusSchema, { code, message, details: [...details] }));
  metadata.set(STATUS_DETAILS, Buffer.from(bytes));
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
      create(RetryInfoSchema, { retryDelay: { seconds: 2n, nanos: 1_000_000 } }),
    );
    shop.upstream.script = status(14, "later", [info("PROVIDER_UNAVAILABLE"), retry]);
    expect((await ask(shop.address, "/v1/items/tea")).headers["retry-after"]).to.equal("3");
  });

  it("asks for a token, and says when one was refused", async () => {
    shop.upstream.script = status(16, "who are you", [info("TOKEN_MISSING")]);
    const bare = await ask(shop.address, "/v1/items", { anonymous: true });
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
    for (const [name, { code }] of Object.entries(GATEWAY_REASONS)) {
      const value = ErrorReasonSchema.values.find((each) => each.name === name);
      expect(value, name).to.not.equal(undefined);
      expect(ruleOf(value?.number ?? 0).code, name).to.equal(code);
    }
  });
});

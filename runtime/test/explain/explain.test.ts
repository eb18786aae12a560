import { rename } from "node:fs/promises";
import { join } from "node:path";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { parseContract } from "@theseus/kit/contract";
import { expect } from "chai";
import { explain, showExplanation } from "../../src/explain/index.js";
import { refusal, WrittenLogs } from "./written-logs.js";

const ID = "11111111-2222-4333-8444-555555555555";
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const FIRST_SPAN = `00-${TRACE}-00f067aa0ba902b7-01`;
const SECOND_SPAN = `00-${TRACE}-b7ad6b7169203331-01`;
const PAY = "/theseus.payment.v1.PaymentService/CreatePayment";
const HOLD = "/theseus.inventory.v1.InventoryService/GetReservation";
const GET = "/theseus.inventory.v1.InventoryService/GetItem";

describe("the explanation of a request", () => {
  const contract = parseContract(descriptorSetBytes());

  /** Its first line, and the place to change. */
  function headOf({ folder }: WrittenLogs, id = ID): readonly string[] {
    const [first] = explain(folder, id, contract);
    return first === undefined ? [] : showExplanation(first).split("\n").slice(0, 2);
  }

  /** Its tree, without what the sidecar says of times. */
  function treeOf({ folder }: WrittenLogs): readonly string[] {
    const [, tree = ""] = explain(folder, ID, contract)
      .map(showExplanation)
      .join("\n")
      .split(/\n\n(.*)/s);
    return tree.split("\n").map((line) => line.slice(11));
  }

  /** Somebody gets an item: what the sidecars on the way have logged. */
  function got(
    edge: object,
    outbound: object | undefined,
    inbound: object | undefined,
    application: object | undefined,
  ): WrittenLogs {
    const logs = new WrittenLogs(ID);
    logs.access("edge-1", "edge", 0, { method: "GET", route: GET, path: "/v1/items/rope", ...edge });
    const span = { route: GET, traceparent: FIRST_SPAN };
    if (outbound !== undefined)
      logs.access("edge-1", "outbound", 1, { ...span, upstream: "stock", ...outbound });
    if (inbound !== undefined) logs.access("stock-1", "mesh", 2, { ...span, ...inbound });
    if (application !== undefined)
      logs.call("stock-1", 4, { method: GET, code: "OK", ms: 1, ...application });
    return logs;
  }

  it("tells who called whom, with what each says of it", () => {
    using logs = new WrittenLogs(ID);
    logs.access("edge-1", "edge", 0, { route: PAY, path: "/v1/payments", duration_ms: 60 });
    logs.access("edge-1", "outbound", 1, {
      route: PAY,
      traceparent: FIRST_SPAN,
      upstream: "pay",
      duration_ms: 58,
      grpc_status: "OK",
    });
    logs.access("pay-2", "mesh", 2, {
      ...{ route: PAY, traceparent: FIRST_SPAN, duration_ms: 55, grpc_status: "OK", grpc_timeout: "9990m" },
      ...{ peer: "spiffe://example/ns/x/sa/edge", implementation: "java@0123456789ab" },
    });
    logs.access("pay-2", "outbound", 10, {
      route: HOLD,
      traceparent: SECOND_SPAN,
      upstream: "stock",
      duration_ms: 4,
      grpc_status: "OK",
    });
    logs.access("stock-1", "mesh", 11, {
      route: HOLD,
      traceparent: SECOND_SPAN,
      duration_ms: 3,
      grpc_status: "OK",
    });
    logs.access("pay-2", "outbound", 20, {
      route: "/bank.v1.Bank/Charge",
      traceparent: SECOND_SPAN,
      upstream: "bank",
      duration_ms: 20,
      grpc_status: "OK",
    });
    logs.call("stock-1", 13, { method: HOLD, code: "OK", ms: 1 });
    logs.call("bank", 35, { method: "/bank.v1.Bank/Charge", code: "OK", ms: 10 });
    logs.call("pay-2", 30, { event: "asked", msg: "the bank was asked" });
    logs.call("pay-2", 56, { method: PAY, code: "OK", ms: 53 });
    logs.call("edge-1", 60, { event: "request", method: "POST", path: "/v1/payments", rpc: PAY, ms: 59 });
    expect(treeOf(logs)).to.eql([
      "edge-1 at edge: POST /v1/payments (PaymentService.CreatePayment) · 200 · 60 ms",
      "  edge-1's application · OK · 59 ms",
      "  calls pay: PaymentService.CreatePayment · OK · 58 ms",
      "    pay-2 (java@0123456789ab) from edge: PaymentService.CreatePayment · OK · 55 ms · 9990 ms left",
      "      pay-2's application · OK · 53 ms",
      "      calls stock: InventoryService.GetReservation · OK · 4 ms",
      "        stock-1 at mesh: InventoryService.GetReservation · OK · 3 ms",
      "          stock-1's application · OK · 1 ms",
      "      calls bank: Bank.Charge · OK · 20 ms",
      "        bank: Bank.Charge · OK · 10 ms",
      "      pay-2 says (info) the bank was asked",
    ]);
    expect(headOf(logs)).to.eql(["POST /v1/payments was answered in 60 ms.", ""]);
  });

  it("is found by the id of its trace too, though the edge does not know that", () => {
    using logs = got({}, { grpc_status: "OK" }, { grpc_status: "OK" }, {});
    expect(headOf(logs, TRACE)).to.eql(headOf(logs));
  });

  it("is found in files that were moved away, beside lines that were cut off", async () => {
    using logs = got({ status: 404 }, refusal("NOT_FOUND", "ITEM_NOT_FOUND"), undefined, undefined);
    const path = join(logs.folder, "edge-1-access.log");
    await rename(path, `${path}.2`);
    logs.text("edge-1-access.log", `{"request_id":"${ID}","listener":"ed`);
    expect(headOf(logs)[0]).to.match(/^GET \/v1\/items\/rope failed with 404 /);
  });

  it("of an id that nobody has logged is none", () => {
    using logs = got({}, undefined, undefined, undefined);
    expect(explain(logs.folder, "no such request", contract)).to.eql([]);
  });

  const policy = (field: string) =>
    `  option (theseus.mesh.v1.policy).${field} of InventoryService.GetItem in proto/theseus/inventory/v1/inventory_service.proto`;
  const left = { details: "http2.remote_reset", flags: "DR", status: 0 };
  const late = {
    details: "max_duration_timeout",
    grpc_status: "DEADLINE_EXCEEDED",
    duration_ms: 2000,
    attempts: 2,
  };
  const gone = (details: string, flags: string) => ({
    details,
    flags,
    ...refusal("UNAVAILABLE", "SERVICE_UNAVAILABLE"),
  });
  const reset = "upstream_reset_before_response_started";
  const causes: readonly (readonly [
    what: string,
    logs: () => WrittenLogs,
    because: string | RegExp,
    change?: string | RegExp,
  ])[] = [
    [
      "a refusal of the application",
      () => {
        const no = refusal("NOT_FOUND", "ITEM_NOT_FOUND", { item: "items/rope" });
        return got({ status: 404 }, no, no, { code: "NOT_FOUND", reason: "ITEM_NOT_FOUND" });
      },
      "stock-1 answered ITEM_NOT_FOUND to InventoryService.GetItem: item items/rope.",
      "  docs/errors.md says what ITEM_NOT_FOUND means",
    ],
    [
      "a token that is not valid",
      () => {
        const no = { grpc_status: "UNAUTHENTICATED" };
        return got(
          { status: 401 },
          no,
          { ...no, details: "jwt_authn_access_denied{Jwt_is_expired}" },
          undefined,
        );
      },
      "the access token is not valid at stock-1: Jwt is expired.",
    ],
    [
      "a caller whom the contract does not let in",
      () => {
        const no = { grpc_status: "PERMISSION_DENIED" };
        const details = "rbac_access_denied_matched_policy[none]";
        return got({ status: 403 }, no, { ...no, details, peer: "spiffe://example/ns/x/sa/edge" }, undefined);
      },
      "the contract does not let edge, with this token, call InventoryService.GetItem.",
      policy("allow"),
    ],
    [
      "too many calls",
      () => {
        const no = { grpc_status: "RESOURCE_EXHAUSTED" };
        return got({ status: 429 }, no, { ...no, details: "local_rate_limited", flags: "RL" }, undefined);
      },
      "InventoryService.GetItem was called too often at stock-1.",
      policy("rate"),
    ],
    [
      "an application that stands still",
      () =>
        got(
          { status: 504 },
          late,
          { ...left, duration_ms: 1 },
          { code: "CANCELLED", time: "2026-01-02T03:04:08Z" },
        ),
      "stock-1 had not begun after 2000 ms in 2 attempts, all the time that InventoryService.GetItem has.",
      policy("timeout"),
    ],
    [
      "an application that waits for its store",
      () => got({ status: 504 }, late, { ...left, duration_ms: 1998 }, { code: "CANCELLED" }),
      /stock-1 was still at work, by itself or at its store, after 2000 ms/,
      policy("timeout"),
    ],
    [
      "an application that is gone",
      () =>
        got(
          { status: 503 },
          gone("via_upstream", "-"),
          gone(`${reset}{connection_termination}`, "UC"),
          undefined,
        ),
      "the application of stock-1 was not there: connection termination.",
      "  theseus logs stock-1",
    ],
    [
      "no healthy instance",
      () => got({ status: 503 }, gone("no_healthy_upstream", "UH"), undefined, undefined),
      "edge-1 has no stock to call: none is healthy.",
    ],
    [
      "a sidecar that takes no connection",
      () =>
        got(
          { status: 503 },
          gone(
            `${reset}{remote_connection_failure|delayed_connect_error:_Connection_refused|remote_address:127.0.0.1:1}`,
            "UF,URX",
          ),
          undefined,
          undefined,
        ),
      "stock could not be reached by edge-1: Connection refused.",
    ],
    [
      "a certificate that is not trusted",
      () =>
        got(
          { status: 503 },
          gone(
            `${reset}{remote_connection_failure|TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end}`,
            "UF",
          ),
          undefined,
          undefined,
        ),
      /edge-1 and stock do not trust each other's certificate/,
    ],
    [
      "a gateway that stands still",
      () =>
        got(
          { status: 504, details: "max_duration_timeout", duration_ms: 3000 },
          undefined,
          undefined,
          undefined,
        ),
      "the application of edge-1 had not answered after 3000 ms.",
      policy("timeout"),
    ],
    [
      "a caller who left",
      () =>
        got({ status: 0, details: "downstream_remote_disconnect", flags: "DC" }, left, left, {
          code: "CANCELLED",
        }),
      "the caller of edge-1 did not wait for the answer.",
    ],
  ];
  for (const [what, write, because, change] of causes)
    it(`names the cause: ${what}`, () => {
      using logs = write();
      const [first = "", second = ""] = headOf(logs);
      const told = first.slice(first.indexOf(", because ") + 10);
      if (typeof because === "string") expect(told).to.equal(because);
      else expect(told).to.match(because);
      if (change !== undefined) expect(second).to.equal(change);
    });

  it("names whom a call waited for at its end, however far away", () => {
    using logs = new WrittenLogs(ID);
    logs.access("edge-1", "edge", 0, { route: PAY, path: "/v1/payments", status: 504 });
    logs.access("edge-1", "outbound", 1, { route: PAY, traceparent: FIRST_SPAN, upstream: "pay", ...late });
    logs.access("pay-1", "mesh", 2, { route: PAY, traceparent: FIRST_SPAN, ...left, duration_ms: 1998 });
    logs.access("pay-1", "outbound", 9, {
      route: "/bank.v1.Bank/Charge",
      traceparent: SECOND_SPAN,
      upstream: "bank",
      ...left,
    });
    logs.call("pay-1", 2000, { method: PAY, code: "CANCELLED", ms: 1990 });
    expect(headOf(logs)[0]).to.include("because bank had not answered after 2000 ms");
  });

  it("cannot steer the terminal by what a caller has chosen", () => {
    const no = refusal("NOT_FOUND", "ITEM_NOT_FOUND", { item: "items/\u001b[31m" });
    using logs = got({ status: 404, path: "/v1/items/\u009b31m" }, no, no, undefined);
    const [first = ""] = headOf(logs);
    expect(first).to.match(/^GET \/v1\/items\/\\x9b31m failed .* item items\/\\x1b\[31m\.$/);
  });

  it("says how often somebody was asked before there was an answer", () => {
    using logs = got({ duration_ms: 900 }, { grpc_status: "OK", attempts: 7 }, { grpc_status: "OK" }, {});
    expect(headOf(logs)[0]).to.equal(
      "GET /v1/items/rope was answered in 900 ms, at attempt 7 to reach stock.",
    );
  });
});

import { rename } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { explained, FIRST_SPAN, got, HOLD, headOf, ID, PAY, SECOND_SPAN, TRACE, treeOf } from "./told.js";
import { refusal, WrittenLogs } from "./written-logs.js";

describe("the explanation of a request", () => {
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
    expect(explained(logs, "no such request")).to.eql([]);
  });

  it("has all in one that an instance does of its own accord, with what it says meanwhile", () => {
    using logs = new WrittenLogs(ID);
    const span = { traceparent: FIRST_SPAN };
    logs.access("pay-1", "outbound", 0, {
      ...span,
      route: "/bank.v1.Bank/Charge",
      upstream: "bank",
      grpc_status: "OK",
    });
    logs.call("pay-1", 20, { event: "asked", msg: "the bank was asked" });
    logs.access("pay-1", "outbound", 200, { ...span, route: HOLD, upstream: "stock", grpc_status: "OK" });
    logs.access("stock-1", "mesh", 201, { ...span, route: HOLD, grpc_status: "OK" });
    expect(treeOf(logs)).to.eql([
      "pay-1",
      "  calls bank: Bank.Charge · OK · 1 ms",
      "  pay-1 says (info) the bank was asked",
      "  calls stock: InventoryService.GetReservation · OK · 1 ms",
      "    stock-1 at mesh: InventoryService.GetReservation · OK · 1 ms",
    ]);
  });

  it("gives attempts that follow each other closely what is their own", () => {
    using logs = new WrittenLogs(ID);
    const no = refusal("UNAVAILABLE", "SERVICE_UNAVAILABLE");
    for (const [attempt, atMs] of [0, 30, 60].entries()) {
      const span = { traceparent: FIRST_SPAN, route: PAY };
      logs.access("pay-1", "mesh", atMs, { ...span, ...no, duration_ms: 20 });
      logs.call("pay-1", atMs + 10, { event: "asked", msg: `attempt ${attempt}` });
      logs.access("pay-1", "outbound", atMs + 12, {
        traceparent: SECOND_SPAN,
        route: HOLD,
        upstream: "stock",
        ...no,
      });
      logs.call("pay-1", atMs + 18, { method: PAY, code: "UNAVAILABLE", ms: 10 + attempt });
    }
    expect(
      explained(logs).map(({ hop }) => [hop.notes[0]?.message, hop.calls.length, hop.answered?.ms]),
    ).to.eql([
      ["attempt 0", 1, 10],
      ["attempt 1", 1, 11],
      ["attempt 2", 1, 12],
    ]);
  });

  it("has what an outside party did when nobody waited for it any more under the call that was meant", () => {
    using logs = new WrittenLogs(ID);
    const route = "/bank.v1.Bank/Charge";
    logs.access("pay-1", "mesh", 0, {
      route: PAY,
      traceparent: FIRST_SPAN,
      duration_ms: 400,
      grpc_status: "OK",
    });
    const gone = { details: "max_duration_timeout", grpc_status: "DEADLINE_EXCEEDED", duration_ms: 100 };
    logs.access("pay-1", "outbound", 10, { route, traceparent: SECOND_SPAN, upstream: "bank", ...gone });
    logs.call("bank", 900, { method: route, code: "CANCELLED", ms: 10 });
    expect(explained(logs)).to.have.length(1);
    expect(treeOf(logs).at(-1)).to.equal("    bank: Bank.Charge · CANCELLED · 10 ms");
  });
});

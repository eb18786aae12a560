import { expect } from "chai";
import { ID, PAY, TRACE, treeOf } from "./told.js";
import { WrittenLogs } from "./written-logs.js";

/** What a sidecar logs that tells spans: its own. */
function spanOf(number: number): { readonly traceparent: string } {
  return { traceparent: `00-${TRACE}-${String(number).padStart(16, "0")}-01` };
}

describe("the explanation of a request whose sidecars tell spans", () => {
  it("knows where calls arrived by their trace", () => {
    using logs = new WrittenLogs(ID);
    logs.access("edge-1", "edge", 0, { route: PAY, path: "/v1/payments", duration_ms: 60, ...spanOf(1) });
    const call = { route: PAY, grpc_status: "OK" };
    logs.access("edge-1", "outbound", 1, { ...call, upstream: "pay", duration_ms: 58, ...spanOf(2) });
    logs.access("pay-2", "mesh", 2, { ...call, duration_ms: 55, ...spanOf(3) });
    logs.call("pay-2", 56, { method: PAY, code: "OK", ms: 53 });
    expect(treeOf(logs)).to.eql([
      "edge-1 at edge: POST /v1/payments (PaymentService.CreatePayment) · 200 · 60 ms",
      "  calls pay: PaymentService.CreatePayment · OK · 58 ms",
      "    pay-2 at mesh: PaymentService.CreatePayment · OK · 55 ms",
      "      pay-2's application · OK · 53 ms",
    ]);
  });
});

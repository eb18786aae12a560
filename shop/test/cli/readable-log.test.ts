import { expect } from "chai";
import { showLine } from "../../src/cli/logs/readable.js";
import { parseLines } from "../../src/cli/logs/record.js";

describe("a line of a log, for people", () => {
  function shown(name: string, fields: object | string): string {
    const [line] = parseLines(name, [typeof fields === "string" ? fields : JSON.stringify(fields)]);
    if (line === undefined) throw new Error("there is no line");
    return showLine(line, { width: 11, isColoured: false });
  }
  const time = "2026-01-02T03:04:05.678Z";

  it("of an application names the call, its end and the request", () => {
    const call = {
      event: "call",
      method: "/shop.v1.Stock/GetItem",
      code: "NOT_FOUND",
      reason: "ITEM_NOT_FOUND",
    };
    const more = { ms: 6.48, caller: "gateway", request_id: "r-1", trace_id: "t" };
    expect(shown("stock-1", { level: "info", time, name: "stock", ...call, ...more })).to.equal(
      "03:04:05.678 stock-1     info  call GetItem NOT_FOUND ITEM_NOT_FOUND 6.48 ms caller=gateway request=r-1",
    );
  });

  it("of a request over HTTP names what was asked for", () => {
    const fields = {
      event: "request",
      method: "GET",
      path: "/v1/items/rope",
      rpc: "/shop.v1.Stock/GetItem",
      status: 200,
    };
    expect(shown("gateway-1", { level: "info", time, ...fields, ms: 12 })).to.equal(
      "03:04:05.678 gateway-1   info  request GET /v1/items/rope 200 12 ms",
    );
  });

  it("of a sidecar warns of what is the server's fault", () => {
    const fields = {
      listener: "mesh",
      path: "/shop.v1.Stock/GetItem",
      grpc_status: "UNAVAILABLE",
      flags: "UH",
    };
    expect(shown("stock-1", { time, ...fields, duration_ms: 3, details: "no_healthy_upstream" })).to.equal(
      "03:04:05.678 stock-1     warn  mesh GetItem UNAVAILABLE 3 ms flags=UH details=no_healthy_upstream",
    );
  });

  it("of a fault has its message, and not the stack", () => {
    const err = { message: "the store is gone", stack: "at far" };
    expect(shown("stock-1", { level: "error", time, msg: "a call failed", err })).to.equal(
      "03:04:05.678 stock-1     error a call failed the store is gone",
    );
  });

  it("cannot steer the terminal", () => {
    expect(shown("a-1", { level: "info", time, msg: "red \u001b[31m\r\n", user: "\u202ecba" })).to.equal(
      "03:04:05.678 a-1         info  red \\x1b[31m\\x0d\\x0a user=\\u202ecba",
    );
  });

  it("that is no JSON is as it is", () => {
    expect(shown("store", "ready")).to.equal("             store       info  ready");
  });
});

import { encodeStatus } from "@theseus/kit/contract";
import { expect } from "chai";
import { type Call, readCall } from "../../src/numbers/call.js";
import { RecentCalls } from "../../src/numbers/recent-calls.js";

const begun = Date.parse("2026-01-01T00:00:00.000Z");
const get = "/theseus.ship.v1.ShipService/GetShip";
const watch = "/theseus.ship.v1.ShipService/WatchShips";

describe("the numbers of an instance", () => {
  it("are of the calls of the last minute", () => {
    const calls = recent();
    for (let second = 0; second < 90; second += 1) calls.add(call({ at: second * 1000, durationMs: second }));
    const { calls: count, seconds, callsPerSecond, latencyMs } = calls.numbers(begun + 90_000);
    expect({ count, seconds, callsPerSecond }).to.deep.equal({ count: 60, seconds: 60, callsPerSecond: 1 });
    expect(latencyMs).to.deep.equal({ p50: 59, p95: 86, p99: 89 });
  });

  it("are by the time there was, before the first minute is over", () => {
    const calls = recent();
    for (let each = 0; each < 50; each += 1) calls.add(call({ at: 0 }));
    expect(calls.numbers(begun + 10_000)).to.include({ seconds: 10, callsPerSecond: 5 });
  });

  it("call failed what the server is to blame for, and nothing else", () => {
    const calls = recent();
    for (const code of ["OK", "NOT_FOUND", "UNAVAILABLE", "INTERNAL"]) calls.add(call({ code }));
    expect(calls.numbers(begun)).to.include({ failedShare: 0.5 });
  });

  it("say how the calls of each method ended", () => {
    const calls = recent();
    for (let each = 0; each < 3; each += 1) calls.add(call({}));
    calls.add(call({ code: "NOT_FOUND", reason: "SHIP_NOT_FOUND" }));
    calls.add(call({ method: watch, code: "CANCELLED", durationMs: 30_000 }));
    const { methods, latencyMs } = calls.numbers(begun);
    expect(methods.map(({ method, calls: count }) => [method, count])).to.deep.equal([
      [get, 4],
      [watch, 1],
    ]);
    expect(methods[0]?.ends).to.deep.equal([
      { code: "OK", calls: 3 },
      { code: "NOT_FOUND", reason: "SHIP_NOT_FOUND", calls: 1 },
    ]);
    expect(latencyMs.p99, "a stream's duration is no latency").to.equal(5);
  });
});

describe("a line of a sidecar's access log", () => {
  const line = {
    listener: "mesh",
    time: "2026-01-01T00:00:00.000Z",
    path: get,
    grpc_status: "OK",
    duration_ms: 7,
  };

  it("is a call of another sidecar", () => {
    expect(readCall(JSON.stringify(line))).to.deep.equal({
      time: line.time,
      method: get,
      code: "OK",
      durationMs: 7,
    });
  });

  it("has the reason of an error, in the trailers or alone", () => {
    const status = encodeStatus({
      code: 5,
      message: "",
      reason: "SHIP_NOT_FOUND",
      domain: "ship.test",
      metadata: {},
    });
    const details = Buffer.from(status).toString("base64");
    for (const name of ["status_details", "status_details_alone"])
      expect(readCall(JSON.stringify({ ...line, [name]: details }))?.reason).to.equal("SHIP_NOT_FOUND");
    expect(readCall(JSON.stringify({ ...line, status_details: details.slice(0, -9) }))?.reason).to.equal(
      undefined,
    );
  });

  it("is none when it tells of anything else", () => {
    for (const other of [{ ...line, listener: "outbound" }, { listener: "mesh" }, "half a li"])
      expect(readCall(typeof other === "string" ? other : JSON.stringify(other))).to.equal(undefined);
  });
});

function recent(): RecentCalls {
  return new RecentCalls((method) => method === watch, begun);
}

function call({ at = 0, ...rest }: Partial<Call> & { readonly at?: number }): Call {
  return { time: new Date(begun + at).toISOString(), method: get, code: "OK", durationMs: 5, ...rest };
}

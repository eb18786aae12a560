import { expect } from "chai";
import { Registry } from "prom-client";
import { CallTotals, mostSeries } from "../../src/metrics/call-totals.js";
import { latencyBuckets } from "../../src/metrics/metric-definitions.js";

const get = "/theseus.ship.v1.ShipService/GetShip";
const watch = "/theseus.ship.v1.ShipService/WatchShips";
const methods = [
  { path: get, isStream: false },
  { path: watch, isStream: true },
];
const ship = { workload: "ship", instance: "ship-1", implementation: "go", version: "1.0.0+4f1c2ab90d12" };
const codes = ["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND"];
const rest = ["ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED"];
const last = ["OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"];
const allCodes = [...codes, ...rest, ...last];

describe("totals of calls", () => {
  it("are by instance, method and code, and begin at none", async () => {
    const totals = new CallTotals();
    const of = totals.begin("mesh", ship, methods);
    of.add({ method: get, code: "OK", durationMs: 7 });
    of.add({ method: get, code: "NOT_FOUND", durationMs: 1 });
    const text = await textOf(totals);
    const labels = `workload="ship",instance="ship-1",implementation="go",version="1.0.0+4f1c2ab90d12"`;
    expect(text).to.contain(`theseus_calls_total{${labels},method="${get}",code="OK"} 1\n`);
    expect(text).to.contain(`theseus_calls_total{${labels},method="${get}",code="NOT_FOUND"} 1\n`);
    expect(text).to.contain(`theseus_calls_total{${labels},method="${watch}",code="OK"} 0\n`);
    expect(text).to.contain(`theseus_call_duration_seconds_sum{${labels},method="${get}",code="OK"} 0.007\n`);
    expect(text).to.match(/theseus_call_duration_seconds_bucket\{le="0.005",.*code="OK"\} 0\n/);
    expect(text).to.match(/theseus_call_duration_seconds_bucket\{le="0.01",.*code="OK"\} 1\n/);
  });

  it("have no latency of streams", async () => {
    const totals = new CallTotals();
    totals.begin("mesh", ship, methods).add({ method: watch, code: "OK", durationMs: 60_000 });
    const text = await textOf(totals);
    expect(text).to.match(/theseus_calls_total\{.*WatchShips",code="OK"\} 1\n/);
    expect(text).not.to.contain("theseus_call_duration_seconds_count");
  });

  it("have as many series as the contract allows, whatever is called and answered", async () => {
    const totals = new CallTotals();
    const of = totals.begin("mesh", ship, methods);
    for (const method of [get, watch, "/nobody.v1.Nothing/Knows"])
      for (const code of allCodes) of.add({ method, code, durationMs: 1 });
    for (let each = 0; each < 2_000; each += 1) {
      of.add({ method: `/nonsense.v1.N${each}/${each}`, code: "OK", durationMs: each });
      of.add({ method: get, code: String(each + 17), durationMs: each });
      of.add({ method: `${get}?x=${each}`, code: `CODE_${each}`, durationMs: each });
    }
    const bound = mostSeries("mesh", methods);
    // Two methods and the others with 17 codes; one method has a latency: its buckets, all, sum and count.
    expect(bound).to.equal(3 * 17 + 17 * (latencyBuckets.length + 3));
    expect(seriesIn(await textOf(totals))).to.have.length(bound);
  });

  it("have as many series at the edge as there are statuses of HTTP", async () => {
    const totals = new CallTotals();
    const of = totals.begin("edge", ship, methods);
    for (let status = 0; status < 3_000; status += 1)
      for (const method of [get, watch, `/v1/${status}`])
        of.add({ method, code: String(status), durationMs: 1 });
    expect(seriesIn(await textOf(totals))).to.have.length(mostSeries("edge", methods));
  });

  it("never go back, and are gone with their instance, but not with another", async () => {
    const totals = new CallTotals();
    const first = totals.begin("mesh", ship, methods);
    const second = totals.begin("mesh", { ...ship, instance: "ship-2" }, methods);
    let before = 0;
    for (let each = 0; each < 500; each += 1) {
      for (const of of [first, second]) of.add({ method: get, code: "OK", durationMs: each });
      const now = Number(/ship-1.*GetShip",code="OK"\} (\d+)\n/.exec(await textOf(totals))?.[1]);
      expect(now).to.be.above(before);
      before = now;
    }
    first[Symbol.dispose]();
    const text = await textOf(totals);
    expect(text).not.to.contain("ship-1");
    expect(text).to.match(/theseus_calls_total\{.*ship-2.*GetShip",code="OK"\} 500\n/);
  });

  it("escape what stands in labels", async () => {
    const totals = new CallTotals();
    totals.begin("mesh", { ...ship, version: 'a"b\\c\nd' }, methods);
    expect(await textOf(totals)).to.contain(String.raw`version="a\"b\\c\nd",`);
  });
});

async function textOf(totals: CallTotals): Promise<string> {
  const registry = new Registry();
  for (const metric of totals.metrics) registry.registerMetric<string>(metric);
  return registry.metrics();
}

function seriesIn(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

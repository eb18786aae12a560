import { gzipSync } from "node:zlib";
import { createLog, startTelemetry, type Telemetry } from "@theseus/kit";
import { type Collector, openCollector } from "@theseus/testing";
import { expect } from "chai";

const METHOD = "/theseus.inventory.v1.InventoryService/GetItem";
const PARENT = { traceId: "a".repeat(32), spanId: "b".repeat(16), flags: "01" };

/** A collector, told by the exporters that implementations in TypeScript have. */
describe("the collector", () => {
  let collector: Collector;
  let telemetry: Telemetry;

  beforeEach(async () => {
    collector = await openCollector();
    telemetry = await begin();
  });

  afterEach(async () => {
    await telemetry[Symbol.asyncDispose]();
    await collector[Symbol.asyncDispose]();
  });

  /** Nothing is told before the end. */
  function begin(): Promise<Telemetry> {
    const hour = 3_600_000;
    const delays = { spanDelayMs: hour, recordDelayMs: hour, metricIntervalMs: hour };
    const process = { name: "inventory", version: "1.2.3" };
    return startTelemetry({ endpoint: collector.url, ...delays }, process);
  }

  it("gives a span by the names that cases have for its parts", async () => {
    const span = telemetry.answering(METHOD, PARENT);
    span.end({ code: "NOT_FOUND", reason: "ITEM_NOT_FOUND", requestId: "r-1" });
    telemetry.calling(METHOD, span, "127.0.0.1:4711").end({ code: "UNAVAILABLE" });
    await telemetry[Symbol.asyncDispose]();
    const [server, client] = collector.told("traces");
    expect(server).to.deep.include({
      trace: PARENT.traceId,
      span: span.spanId,
      parent: PARENT.spanId,
      name: METHOD.slice(1),
      kind: "SERVER",
      status: "UNSET",
      attributes: {
        "rpc.system.name": "grpc",
        "rpc.method": METHOD.slice(1),
        "rpc.response.status_code": "NOT_FOUND",
        "theseus.reason": "ITEM_NOT_FOUND",
        "theseus.request_id": "r-1",
      },
    });
    expect(server?.resource).to.include({ "service.name": "inventory", "service.version": "1.2.3" });
    expect(client).to.include({ parent: span.spanId, kind: "CLIENT", status: "ERROR" });
    expect(client?.attributes).to.include({
      "error.type": "UNAVAILABLE",
      "server.address": "127.0.0.1",
      "server.port": 4711,
    });
    expect(collector.faults).to.deep.equal([]);
  });

  it("gives a data point of each series, counted from the start", async () => {
    for (const code of ["OK", "OK", "INTERNAL"]) telemetry.answering(METHOD, undefined).end({ code });
    await telemetry[Symbol.asyncDispose]();
    const points = collector.told("metrics");
    const ofSeries = points.map(({ metric, unit, count, attributes }) => ({
      metric,
      unit,
      count,
      attributes,
    }));
    const rpc = { "rpc.system.name": "grpc", "rpc.method": METHOD.slice(1) };
    const duration = { metric: "rpc.server.call.duration", unit: "s" };
    expect(ofSeries).to.have.deep.members([
      { ...duration, count: 2, attributes: { ...rpc, "rpc.response.status_code": "OK" } },
      {
        ...duration,
        count: 1,
        attributes: { ...rpc, "rpc.response.status_code": "INTERNAL", "error.type": "INTERNAL" },
      },
    ]);
    for (const { sum, bounds } of points) {
      expect(sum).to.be.above(0);
      expect(bounds).to.have.lengthOf(14);
    }
  });

  it("gives a log record in its span", async () => {
    const destination = { write: () => undefined };
    const log = createLog({ level: "info", name: "inventory", destination, telemetry });
    log.warn({ trace_id: PARENT.traceId, span_id: PARENT.spanId, ms: 1.5, pieces: 3 }, "slow");
    await telemetry[Symbol.asyncDispose]();
    const [record] = collector.told("logs");
    expect(record).to.deep.include({
      trace: PARENT.traceId,
      span: PARENT.spanId,
      severity: "WARN",
      number: "WARN",
      body: "slow",
      attributes: { ms: 1.5, pieces: 3 },
    });
  });

  it("keeps the bytes of what it is told, as they were before they were compressed", async () => {
    telemetry.answering(METHOD, PARENT).end({ code: "OK", requestId: "find-me" });
    await telemetry[Symbol.asyncDispose]();
    const bytes = collector.requests.find((each) => each.includes("find-me")) ?? expect.fail("not kept");
    const packed = { method: "POST", headers: { "content-encoding": "gzip" }, body: gzipSync(bytes) };
    const { status } = await fetch(`${collector.url}/v1/traces`, packed);
    expect(status).to.equal(200);
    const [one, other] = collector.told("traces");
    expect(other).to.deep.equal(one);
  });

  it("has a fault of each request that is none of OTLP", async () => {
    const post = (path: string, body: string) => fetch(collector.url + path, { method: "POST", body });
    const answers = [
      await post("/v1/traces", "no protobuf"),
      await post("/v2/traces", ""),
      await fetch(`${collector.url}/v1/traces`),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([400, 400, 400]);
    expect(collector.faults).to.have.lengthOf(3);
    expect(collector.faults[1]).to.include("POST /v2/traces is no request of OTLP");
  });

  it("can be away, and be there again at the same place", async () => {
    const { url } = collector;
    await collector.perform("stop");
    await fetch(`${url}/v1/logs`, { method: "POST" }).then(
      () => expect.fail("it answers"),
      () => undefined,
    );
    await collector.perform("start");
    expect(collector.url).to.equal(url);
    telemetry.answering(METHOD, PARENT).end({ code: "OK" });
    await telemetry[Symbol.asyncDispose]();
    expect(collector.told("traces")).to.have.lengthOf(1);
  });

  it("can answer nobody, which holds no end", async () => {
    await collector.perform("freeze");
    telemetry.answering(METHOD, PARENT).end({ code: "OK" });
    await telemetry[Symbol.asyncDispose]();
    expect(collector.told("traces")).to.deep.equal([]);
  });
});

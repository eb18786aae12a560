import { trace } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { expect } from "chai";
import { createLog, type Log, noTelemetry } from "../../src/index.js";
import { toLogRecord } from "../../src/telemetry/log-record.js";

const TIME = "2026-11-28T01:02:03.456Z";

/** The record of a line, which must be one. */
function recordOf(fields: Readonly<Record<string, unknown>>) {
  const record = toLogRecord(JSON.stringify({ level: "info", time: TIME, name: "user", ...fields }));
  return record ?? expect.fail("it is no record");
}

describe("the log record of a line", () => {
  it("has the line's time, its text, and its level as text and number", () => {
    const levels = ["trace", "debug", "info", "warn", "error", "fatal"].map((level) => {
      const { timestamp, severityText, severityNumber, body } = recordOf({ level, msg: "hello" });
      expect({ timestamp, body }, level).to.deep.equal({ timestamp: new Date(TIME), body: "hello" });
      return [severityText, SeverityNumber[severityNumber ?? SeverityNumber.UNSPECIFIED]];
    });
    expect(levels).to.deep.equal(
      ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].map((word) => [word, word]),
    );
  });

  it("has the other fields as attributes by their names, what is nested as JSON", () => {
    const { attributes } = recordOf({
      msg: "answered",
      event: "call",
      ms: 1.5,
      cut: true,
      caller: null,
      lines: ["a", { b: 1 }],
      item: { name: "items/1" },
    });
    expect(attributes).to.deep.equal({
      event: "call",
      ms: 1.5,
      cut: true,
      lines: '["a",{"b":1}]',
      item: '{"name":"items/1"}',
    });
  });

  it("has an error by the names of the conventions", () => {
    const err = { type: "TypeError", message: "it broke", stack: "TypeError: it broke\n    at x", code: "E" };
    expect(recordOf({ err }).attributes).to.deep.equal({
      "exception.type": "TypeError",
      "exception.message": "it broke",
      "exception.stacktrace": "TypeError: it broke\n    at x",
    });
    expect(recordOf({ err: { message: "only this" } }).attributes).to.deep.equal({
      "exception.message": "only this",
    });
  });

  it("is in the trace and span that the line names, and in none without both", () => {
    const place = { trace_id: "a".repeat(32), span_id: "b".repeat(16) };
    const { context, attributes } = recordOf(place);
    expect(context && trace.getSpanContext(context)).to.include({
      traceId: place.trace_id,
      spanId: place.span_id,
    });
    expect(attributes).to.deep.equal({});
    for (const half of [{ trace_id: place.trace_id }, { span_id: place.span_id }])
      expect(recordOf(half)).to.not.have.property("context");
  });

  it("is none for what is no line of a log", () => {
    const first = '{"event":"listening","address":"unix:/a","pid":1,"version":"0.1.0"}';
    for (const text of [first, "plain text", '"text"', "null", "[]", '{"level":30,"time":1}', ""])
      expect(toLogRecord(text), text).to.equal(undefined);
  });

  it("is made of each line that a log writes, as it was written", () => {
    const lines: string[] = [];
    const told: string[] = [];
    const telemetry = { ...noTelemetry, record: (line: string) => void told.push(line) };
    const destination = { write: (line: string) => void lines.push(line) };
    const log: Log = createLog({ level: "info", name: "user", destination, telemetry });
    log.debug("not written");
    log.info({ password: "s3cret", long: "é".repeat(100_000) }, "one");
    log.error({ err: new Error("no mongodb://ann:s3cret@store/user") }, "two");
    expect(told).to.deep.equal(lines).and.have.lengthOf(2);
    const [one, two] = told.map((line) => toLogRecord(line));
    expect(one).to.include({ severityText: "INFO", body: "one" });
    expect(two).to.include({ severityText: "ERROR", body: "two" });
    expect(JSON.stringify([one, two])).to.not.include("s3cret");
  });
});

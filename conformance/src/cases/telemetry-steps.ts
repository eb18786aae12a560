import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";
import { duration } from "../schema/record.js";
import { expected } from "./expected.js";

const what = {
  spans: optional(expected).describe("the spans of the trace"),
  points: optional(expected).describe("the last data points of all histograms, whatever the trace"),
  records: optional(expected).describe("the log records of the trace"),
};

export const told = record({
  told: z.string().nullable().describe("a trace, 32 hex digits; null: of all traces, and of what is in none"),
  within: optional(duration).describe("how soon; `10s` where nothing is said"),
  ...what,
  without: optional(z.array(z.string())).describe("texts that are in nothing of what was told, ever"),
}).describe(
  "what the target has told the collector (`needs: [collector]`); a span has trace, span, parent, name, kind, status, attributes and resource; a data point has metric, unit, count, sum, bounds, attributes and resource; a record has trace, span, severity, body, attributes and resource",
);

export const tells = record({
  tells: z.enum(["spans", "points", "records"]),
}).describe(
  "every method is called by a developer who may do anything, with an empty request and a `traceparent` of its own: within 10s there is one span, one data point or one log record of each call, as docs/telemetry.md says",
);

export const redacts = record({ redacts: z.literal("fields") }).describe(
  "every method is called with a text of its own in each field that the contract marks `debug_redact`: none of them is in what was told, or in the log",
);

export const collector = record({ collector: z.enum(["freeze", "stop", "start"]) }).describe(
  "the collector answers nobody, is not there, or takes what it is told again",
);

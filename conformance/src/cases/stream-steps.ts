import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";
import { duration, refuseKeys } from "../schema/record.js";
import { callRecord } from "./call-steps.js";
import { endExpectation, expectation } from "./expectation.js";
import { expected, repeated, sent } from "./expected.js";

export const stream = callRecord({
  stream: z.string(),
  name: z.string(),
  request: sent,
  reads: optional(z.literal(false)).describe(
    "`false`: it has a connection of its own, and nothing is read until a step receives",
  ),
}).describe("opens a server stream");

export const open = callRecord({ open: z.string(), name: z.string() }).describe(
  "opens a stream to send on, which stays open from step to step",
);

export const send = record({ send: z.string(), messages: sent }).describe("sends messages on a stream");

export const receive = record({
  receive: z.string(),
  messages: z.union([z.array(expected).min(1), repeated], { error: "must be a list, or a $repeat" }),
  among: optional(z.boolean()).describe("`true`: others may come in between"),
  within: optional(duration).describe("10s where nothing is said"),
}).describe("the next messages of a stream");

export const close = record({ close: z.string() }).describe("the client has said all");

export const ends = record({
  ends: z.string(),
  within: optional(duration).describe("10s where nothing is said"),
  all_received: optional(z.boolean()).describe("`true`: no message came that was not received"),
  ...endExpectation,
})
  .superRefine((value, ctx) => {
    const { ends: _, within: __, all_received: ___, status, ...rest } = value;
    if (status === "OK") refuseKeys(value, ctx, Object.keys(rest), "counts for nothing beside the status OK");
  })
  .describe("how a stream ends; messages that were not received before are let go");

export const converse = callRecord({
  converse: z.string(),
  exchange: z
    .array(record({ send: sent, receive: optional(expected) }))
    .describe("messages to `send`, each after the answer to `receive` for the one before"),
  expect: optional(expectation).describe("how it ends"),
}).describe("a stream of one message, one answer");

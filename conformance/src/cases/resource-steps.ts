import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";
import { count } from "../schema/record.js";
import { callRecord } from "./call-steps.js";
import { sent } from "./expected.js";

export const crowd = callRecord({
  crowd: z.string(),
  name: z.string(),
  count,
  request: sent,
  reads: optional(z.literal(false)).describe("`false`: nothing of what they tell is read"),
  shared: optional(z.literal(true)).describe("`true`: on the connection of the case's other calls"),
}).describe(
  "opens so many server streams of one method, twenty at a time, on a connection of their own, and waits until each has begun; `cancel` leaves them all",
);

const most = optional(z.number().nonnegative());

export const resources = record({
  resources: z.enum(["remember", "compare"]),
  memory: most.describe("so many MiB more than remembered, at most"),
  descriptors: most.describe("so many open files and connections more, at most"),
  work: most.describe("so many seconds of one processor since then, at most"),
  cpu: most.describe("so much of one processor, at most, during a second in which nothing is asked"),
}).describe(
  "what the target's process takes of the machine is remembered, and compared within 20s (`needs: [resources]`: Linux)",
);

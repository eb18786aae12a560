import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";
import { duration, refuseKeys, requireOne } from "../schema/record.js";
import { expected, sent } from "./expected.js";

/** Variables of a process as a case writes them; without those that are null. */
export const environment = z.record(
  z.string(),
  z.union(
    [
      z.string(),
      z.null(),
      record({
        $file: sent,
        mode: optional(z.string().regex(/^[0-7]{3}$/)),
      }),
    ],
    { error: "must be a text, null or { $file: content, mode }" },
  ),
);

export const restart = record({
  restart: z.enum(["kill", "stop"]),
  with: optional(environment).describe("variables of the environment that are other from now on"),
}).describe(
  "ends the target, with SIGKILL or SIGTERM, and starts it on the same store, or the one that takes over",
);

export const replace = record({
  replace: z.string(),
  content: sent,
}).describe(
  "in one step, the private file that this variable of the environment names is another one, while the target runs",
);

export const second = record({ second: z.enum(["start", "change"]) }).describe(
  "starts a second target on the same store; then changes between the two to which calls go",
);

const lasts = optional(duration).describe("how long that lasts; then all is as before");

export const store = record({
  store: z.enum(["stop", "freeze", "end", "slow", "start", "remember", "unchanged"]),
  by: optional(duration).describe("of `slow`: how much later each answer of the store comes"),
  for: lasts,
})
  .superRefine((value, ctx) => {
    if (value.store === "slow") requireOne(value, ctx, ["by"]);
    else refuseKeys(value, ctx, ["by"], "counts for nothing without slow");
    if (["start", "remember", "unchanged"].includes(value.store))
      refuseKeys(value, ctx, ["for"], `counts for nothing with ${value.store}`);
  })
  .describe(
    "cuts the way to the store, lets it hang, ends its process (`needs: [store-process]`), makes it slow, or has it there again; nothing was written to the case's own store since it was remembered, or since before the target's start",
  );

export const stored = record({
  stored: record({
    documents: optional(z.record(z.string(), expected)).describe(
      "the documents of collections in the order of their ids, within 10s",
    ),
    without: optional(z.array(z.string())).describe("texts that are in no document of any collection"),
    durably: optional(z.literal(true)).describe(
      "`true`: every write that came over the case's way to its store waits for a majority and for the journal",
    ),
  }),
}).describe("what a store of documents holds that is the case's own (`needs: [own-store]`)");

export const mesh = record({ mesh: z.enum(["stop", "freeze", "start"]), for: lasts })
  .superRefine((value, ctx) => {
    if (value.mesh === "start") refuseKeys(value, ctx, ["for"], "counts for nothing with start");
  })
  .describe("cuts the way to all whom the service calls, lets it hang, or has it there again");

export const standby = record({
  standby: z.enum(["begin", "end"]),
  wait: optional(z.literal(false)).describe("`false`: does not wait"),
}).describe(
  "makes or removes the target's standby file, and waits until health of `active` follows, within 15s",
);

export const writes = record({ writes: z.enum(["refused", "taken"]) }).describe(
  "every method that the contract does not mark NO_SIDE_EFFECTS is called by everybody with an empty request: it is refused as in standby, or is not",
);

export const signal = record({ signal: z.literal("TERM") }).describe("SIGTERM, without waiting");

export const exits = record({ exits: z.int() }).describe("after `signal`: the exit code, within 10 seconds");

export const launch = record({
  launch: record({
    with: optional(environment),
    without: optional(z.array(z.string())),
  }),
  expect: record({
    exit: optional(expected),
    first: optional(expected),
    lines: optional(expected),
  }).describe("`exit`, the code; `first`, the first line; `lines`, all of them"),
}).describe(
  "one more start with another environment: a variable may be a private file, `{$file: content}` (`mode`: not private), or not there, `null`",
);

export const log = record({
  log: record({
    without: optional(z.array(z.string())).describe("texts that are nowhere in it"),
    lines: optional(expected).describe("what holds for its lines within 10s"),
  }),
}).describe("what the target has logged so far");

export const access = record({ access: z.literal("policy") }).describe(
  "every method is called by everybody, and let in as the contract's policy says",
);

export const reflection = record({ reflection: z.literal("contract") }).describe(
  "reflection tells the contract, option by option",
);

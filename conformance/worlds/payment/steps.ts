import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";
import { expected, expectedFields } from "../../src/cases/expected.js";
import { count, duration, refuseKeys, requireOne } from "../../src/schema/record.js";
import { playedMethodName } from "./deviation.js";

const reservation = record({
  reservation: z.string(),
  owner: z.string(),
  total: optional(
    record({
      currency_code: optional(z.string()),
      units: optional(z.union([z.int(), z.string()], { error: "must be a whole number or a text" })),
      nanos: optional(z.int()),
    }),
  ).describe("12.50 EUR where nothing is said"),
  hold: optional(duration).describe("900s where nothing is said"),
}).describe("inventory has a reservation, whose name is bound");

const ledger = record({
  ledger: z.string(),
  entries: z.array(expected).describe("each a type, such as CAPTURED, or a map with its `type`"),
}).describe("what the card provider wrote of a payment");

const books = record({ books: z.string(), as: z.string() }).describe(
  "what the payment says, what the provider wrote and who has the reservation agree",
);

const token = record({
  token: z.string(),
  watch: optional(z.string()).describe("a payment: its resume token"),
  events: optional(z.string()).describe("a payment: a page token of its events"),
  cursor: z.array(z.string()).describe("what the token says, whether that can be or not"),
})
  .superRefine((value, ctx) => requireOne(value, ctx, ["watch", "events"]))
  .describe("a token is made by the form in storage.md, and bound");

const inventory = record({
  peer: z.literal("inventory"),
  free: optional(z.string()),
  expire: optional(z.string()),
  rewind: optional(z.string()).describe(
    "as if its store had lost the last writes: held, and nobody is shut out",
  ),
  forget: optional(z.string()).describe("as if it had ended so long ago that it is no longer kept"),
  commit: optional(z.string()).describe("sells it `to` another payment"),
  to: optional(z.string()),
  shows: optional(z.string()).describe("it `is` as expected: `state` and `payment`"),
  is: optional(expectedFields),
})
  .superRefine((value, ctx) => {
    requireOne(value, ctx, ["free", "expire", "rewind", "forget", "commit", "shows"]);
    for (const [act, companion] of [
      ["commit", "to"],
      ["shows", "is"],
    ] as const) {
      if (!(act in value)) refuseKeys(value, ctx, [companion], `counts for nothing without ${act}`);
      else if (!(companion in value)) refuseKeys(value, ctx, [act], `needs ${companion}`);
    }
  })
  .describe("a reservation ends, is sold or is looked at");

const provider = record({
  peer: z.literal("provider"),
  charges: optional(z.string()).describe("sets 12.50 EUR aside, or so many `units`"),
  units: optional(z.string()),
  captures: optional(z.string()),
  cancels: optional(z.string()),
  refunds: optional(z.string()),
  loses: optional(z.string()).describe("keeps only so many of its lines: those before"),
  after: optional(z.int()).describe("0 where nothing is said"),
})
  .superRefine((value, ctx) => requireOne(value, ctx, ["charges", "captures", "cancels", "refunds", "loses"]))
  .describe("somebody does it at the card provider by hand, to all of a payment, or its last lines are lost");

const user = record({
  peer: z.literal("user"),
  delete: optional(z.string()),
  forget: optional(z.string()).describe("nobody knows them"),
})
  .superRefine((value, ctx) => requireOne(value, ctx, ["delete", "forget"]))
  .describe("an account is gone");

const method = record({
  peer: playedMethodName,
  reached: optional(z.int()).describe("waits until it was called so many times"),
  release: optional(z.enum(["answered", "unanswered"])).describe("carries out what is held"),
  calls: optional(count).describe("it was called so many times"),
  at_most: optional(z.int()).describe(
    "it is called no more often than this by the end of the time that is given by `for`",
  ),
  for: optional(duration),
  saw: optional(expected).describe("its calls, each with `request` and `metadata`"),
})
  .superRefine((value, ctx) => {
    requireOne(value, ctx, ["reached", "release", "calls", "at_most", "saw"]);
    if (!("at_most" in value)) refuseKeys(value, ctx, ["for"], "counts for nothing without at_most");
    else if (!("for" in value)) refuseKeys(value, ctx, ["at_most"], "needs for");
  })
  .describe("of a method that is played");

export const STEPS = {
  reservation,
  ledger,
  books,
  token,
  peer: z.discriminatedUnion("peer", [method, inventory, provider, user]).describe("those who are played"),
};

export type ReservationStep = z.infer<typeof reservation>;
export type LedgerStep = z.infer<typeof ledger>;
export type BooksStep = z.infer<typeof books>;
export type TokenStep = z.infer<typeof token>;
export type InventoryStep = z.infer<typeof inventory>;
export type ProviderStep = z.infer<typeof provider>;
export type UserStep = z.infer<typeof user>;
export type MethodStep = z.infer<typeof method>;

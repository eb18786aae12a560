import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";
import { duration, refuseKeys, requireKey, requireOne } from "../schema/record.js";
import { expectation } from "./expectation.js";
import { expected, sent, sentFields, sentMetadata } from "./expected.js";

const CALLER = /^(nobody|developer|(user|admin|developer|workload|bearer) \S+|\$\{[^}]+\})$/;

const caller = z.string().regex(CALLER, {
  error:
    '"as" is nobody, user alice, admin root, workload orders, developer (without a mesh), developer root, bearer and an access token, or a variable',
});

/** What every call can be made with. */
export const callOptions = {
  as: optional(caller).describe(
    "who calls: `nobody`, which is the default, `user alice`, `admin root`, `workload orders`, `developer` (without a mesh), `developer root`, or `bearer` and an access token: whom it names",
  ),
  deadline: optional(z.union([duration, z.literal("none")])).describe(
    "`20s` where nothing is said, `none`: the call brings none; a stream lasts as long as the case",
  ),
  server_deadline: optional(duration).describe(
    "a deadline of which the service alone is told: it has to end the call, the suite waits",
  ),
  metadata: optional(sentMetadata).describe(
    "besides what the sidecar sets, or instead of it; a list comes as so many headers of one name, `{$base64url: text}` encoded",
  ),
};

/** A step that makes a call: its own keys and those that every call can have. */
export function callRecord<S extends z.ZodRawShape>(
  shape: S,
): z.ZodObject<S & typeof callOptions, z.core.$strict> {
  return record({ ...shape, ...callOptions }).superRefine((value, ctx) => {
    if ("server_deadline" in value)
      refuseKeys(value, ctx, ["deadline"], "counts for nothing beside server_deadline");
  });
}

export type CallOptions = z.infer<z.ZodObject<typeof callOptions, z.core.$strict>>;

const method = z.string();

export const call = callRecord({
  call: method,
  request: optional(sent),
  requests: optional(sent).describe("instead of `request`: all that a client stream sends"),
  at_least: optional(duration).describe("how long the answer must take at least"),
  at_most: optional(duration).describe("how long it may take at most; then the call is cancelled"),
  within: optional(duration).describe("repeats the call until it is answered as expected"),
  for: optional(duration).describe("repeats the call for so long: each time it is answered so"),
  expect: optional(expectation).describe("absent, beside `at_most` alone: whatever it is, if it is in time"),
})
  .superRefine((value, ctx) => {
    if (!("at_most" in value)) requireKey(value, ctx, "expect");
    if ("requests" in value) refuseKeys(value, ctx, ["request"], "is not sent beside requests");
    if ("for" in value) refuseKeys(value, ctx, ["within"], "ends what is to last");
  })
  .describe("one call of a method: by its short name, or `package.Service/Method`");

export const together = callRecord({
  together: z.int().min(1),
  call: method,
  request: optional(sent).describe("in which the variable n counts from 0"),
  requests: optional(z.array(sent).min(1)).describe(
    "instead of `request`: each call sends the next of these, and after the last one the first again",
  ),
  at_most: optional(duration).describe("how long each may take at most; then it is cancelled"),
  within: optional(duration).describe("repeats all of it, for calls that may be repeated"),
  expect: optional(
    record({
      exactly: z.int().min(0),
      ok: expected,
      others: optional(expectation),
    }),
  ).describe(
    "`exactly` so many are answered `ok`, and the `others` are refused; absent, beside `at_most` alone: whatever they are",
  ),
})
  .superRefine((value, ctx) => {
    if (!("at_most" in value)) requireKey(value, ctx, "expect");
    requireOne(value, ctx, ["request", "requests"]);
  })
  .describe("the same call so many times at once");

export const table = callRecord({
  table: method,
  request: sent,
  rows: z
    .array(
      record({
        with: optional(sentFields),
        without: optional(z.array(z.string())),
        expect: expectation,
      }),
    )
    .min(1)
    .describe(
      "each `with` fields set by path (`lines[0].quantity`), or `without` some, and what to `expect`",
    ),
}).describe("the same call with one thing changed, a row each; the variable row is each row's own");

export const raw = callRecord({
  raw: z.string(),
  request: optional(sent).describe("what the request begins with"),
  bytes: optional(
    z.string().regex(/^([0-9a-f]{2} ?)*$/, { error: '"bytes" are pairs of hexadecimal digits' }),
  ).describe("what comes then, hexadecimal"),
  size: optional(
    z.union([z.int(), z.enum(["limit", "limit+1"])], {
      error: "must be a number of bytes, limit or limit+1",
    }),
  ).describe("filled up to so many bytes with an unknown field; `limit` is the method's max_request_bytes"),
  expect: expectation,
})
  .superRefine((value, ctx) => {
    if (value.raw.startsWith("/"))
      refuseKeys(value, ctx, ["request", "size"], "is not sent to a path that the contract does not have");
  })
  .describe(
    "a unary call whose request is put together from bytes, also to a path that the contract does not have",
  );

export const walk = callRecord({
  walk: method,
  list: z.string().describe("field of the answer that has the entries"),
  request: sent,
  matching: z.string().describe("only entries with such a `name` are looked at, since cases share a store"),
  key: optional(z.string()).describe("the field that `matching` looks at; `name` where nothing is said"),
  after_first: optional(z.array(z.unknown())).describe("steps after the first page that has such an entry"),
  expect: expected.describe("all entries that match, in their order"),
}).describe("a list page by page to its end");

export const begin = callRecord({
  begin: method,
  name: z.string(),
  times: optional(z.int().positive()).describe("so many at once; the answer is the last of theirs"),
  request: sent,
}).describe("a call that goes on beside the next steps");

export const answer = record({
  answer: z.string(),
  expect: optional(expectation).describe("absent: whatever it is"),
}).describe("waits for the answer to a call that was begun");

export const pending = record({ pending: z.string() }).describe("a call that was begun is not answered yet");

export const cancel = record({ cancel: z.string() }).describe("cancels a call that was begun, or a stream");

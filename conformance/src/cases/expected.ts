import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";
import { count, duration } from "../schema/record.js";
import { checkValue, type Operators } from "./check-value.js";
import { type Fields, isFields, type Value } from "./value.js";

/** A value that is sent, of any shape; `{$repeat: 3, value: …}` in it is a list. */
export const sent = z.custom<Value>(isThere, "a value is missing").superRefine((value, ctx) => {
  checkValue(value, ctx, SENT);
});

/** Expected values that are alike but for the variable n. */
export const repeated = record({ $repeat: z.int().positive(), value: z.lazy(() => expected) });

/** What a value must be: this, or what its operators say. */
export const expected = z.custom<Value>(isThere, "a value is missing").superRefine((value, ctx) => {
  checkValue(value, ctx, OPERATORS);
});

/** The same of a message, or of another map. */
export const expectedFields = z.custom<Fields>(isFields, "it must be a map").superRefine((value, ctx) => {
  checkValue(value, ctx, OPERATORS);
});

/** One that is sent: fields. */
export const sentFields = z.custom<Fields>(isFields, "it must be a map").superRefine((value, ctx) => {
  checkValue(value, ctx, SENT);
});

/** Metadata that is sent. */
export const sentMetadata = z.custom<Fields>(isFields, "it must be a map").superRefine((value, ctx) => {
  checkValue(value, ctx, METADATA);
});

function isThere(value: unknown): boolean {
  return value !== undefined;
}

const ordered = z.union([z.number(), z.string()], { error: "must be a number, a time or a variable" });
const pattern = z.string().refine(isPattern, '"$matches" is no regular expression');
const token = record({
  keys: z.string(),
  header: optional(z.lazy(() => expected)),
  claims: optional(z.lazy(() => expected)),
});

const SENT: Operators = {
  $repeat: {
    says: "a list of so many times `value`, in which the variable n counts from 0",
    argument: count,
    beside: { key: "value", argument: "value" },
  },
};

const METADATA: Operators = {
  ...SENT,
  $base64url: { says: "this text in base64url", argument: z.string() },
};

/** Ways to expect something else than one value. */
export const OPERATORS: Operators = {
  $any: { says: "`true`: there, whatever it is", argument: z.literal(true) },
  $absent: { says: "`true`: not there; `false`: there", argument: z.boolean() },
  $only: { says: "`true`: the message has no other fields than those named", argument: z.literal(true) },
  $bind: { says: "whatever it is, it is a variable of this name from now on", argument: z.string() },
  $same: {
    says: "as in the answer that was `save`d under this name, but for times that may move",
    argument: z.string(),
  },
  $matches: { says: "a text that fits this regular expression", argument: pattern },
  $not: { says: "anything but this", argument: "value" },
  $gt: { says: "above this number or time", argument: ordered },
  $gte: { says: "this or above", argument: ordered },
  $lt: { says: "below this", argument: ordered },
  $lte: { says: "this or below", argument: ordered },
  $near: {
    says: "a time near this one, `now`, or seconds later (`now+900s`); `within` says how near, else `5s`",
    argument: z.string(),
    beside: { key: "within", argument: duration },
  },
  $each: { says: "a list whose every entry is this", argument: "value" },
  $contains: { says: "a list that has each of these, among others", argument: "values" },
  $set: { says: "a list of these in any order", argument: "values" },
  $sorted: { says: "a list in the order of the bytes of this field", argument: z.string() },
  $length: { says: "a list of so many", argument: count },
  $jwt: {
    says: "a token that one of the `keys` verifies, which were `save`d under this name, and that has this `header` and these `claims`",
    argument: token,
  },
  ...SENT,
};

function isPattern(text: string): boolean {
  if (text.includes("${")) return true;
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

import { Code, ErrorReason } from "@theseus/kit/contract";
import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";
import { refuseKeys } from "../schema/record.js";
import { expected, expectedFields } from "./expected.js";

const STATUSES = namesOf(Code).filter((name) => name !== "OK");

/** `NOT_FOUND` */
export const statusName = z.enum(STATUSES);

/** `RESERVATION_TAKEN` */
export const reasonName = z.enum(namesOf(ErrorReason));

const save = optional(z.string()).describe("keeps the answer, or the refusal, under this name");

const refusal = {
  reason: optional(reasonName).describe("of google.rpc.ErrorInfo"),
  message: optional(expected).describe("the status' text"),
  metadata: optional(expectedFields).describe("of google.rpc.ErrorInfo"),
  violations: optional(z.array(record({ field: z.string(), rule: optional(z.string()) }))).describe(
    "of google.rpc.BadRequest, in any order",
  ),
  same: optional(z.string()).describe("the refusal that was saved under this name, byte for byte"),
};

/** What a call must answer: success with these fields, or a refusal. */
export const expectation = record({
  ok: optional(expected).describe("success, with these fields"),
  save,
  status: optional(statusName).describe("refused, with this status"),
  ...refusal,
}).superRefine((value, ctx) => {
  if (value.status === undefined)
    refuseKeys(value, ctx, Object.keys(refusal), "compares nothing without a status");
  else refuseKeys(value, ctx, ["ok"], "compares nothing beside a status");
});

export type Expectation = z.infer<typeof expectation>;

/** How a stream must end: a step's keys. */
export const endExpectation = {
  status: z.enum(["OK", ...STATUSES]),
  save,
  ...refusal,
};

/** The names of an enum, which has its numbers as keys too. */
function namesOf(numbered: object): readonly string[] {
  return Object.keys(numbered).filter((key) => Number.isNaN(Number(key)));
}

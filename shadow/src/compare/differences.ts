import type { DescField, DescMessage, DescMethod } from "@bufbuild/protobuf";
import { isAnswerTime, isOpaque, isServerStream } from "@theseus/kit/contract";
import { type Answer, endOf, type Fields, isFields, type Refusal, type Value } from "../ask/answer.js";
import { shown } from "./redaction.js";

/** What two answers have at one path, fit to be shown. */
export interface Difference {
  readonly a: string;
  readonly b: string;
}

/** By path: `status`, `metadata`, `ok.items[0].title`, `messages[1].level.held`. */
export type Differences = ReadonlyMap<string, Difference>;

/** Everything in which two answers to one call differ, as the contract describes the answer. */
export function differencesOf(method: DescMethod, a: Answer, b: Answer): Differences {
  const found = new Map<string, Difference>();
  const [endA, endB] = [endOf(a), endOf(b)];
  if (endA !== endB) return found.set("status", { a: endA, b: endB });
  if (a.refusal !== undefined && b.refusal !== undefined) compareRefusals(a.refusal, b.refusal, found);
  if (a.messages.length !== b.messages.length)
    found.set("messages", { a: String(a.messages.length), b: String(b.messages.length) });
  for (const [index, message] of a.messages.entries()) {
    const other = b.messages[index];
    const path = isServerStream(method) ? `messages[${index}]` : "ok";
    if (other !== undefined) compareMessages(method.output, [message, other], path, found);
  }
  return found;
}

type Found = Map<string, Difference>;

function compareRefusals(a: Refusal, b: Refusal, found: Found): void {
  const parts: readonly (readonly [string, (refusal: Refusal) => unknown])[] = [
    ["metadata", ({ metadata }) => Object.entries(metadata).sort(([one], [other]) => (one < other ? -1 : 1))],
    ["violations", ({ violations = [] }) => violations.map(({ field, rule }) => `${field} ${rule}`).sort()],
    ["retry", ({ retryAfterMs }) => retryAfterMs ?? "absent"],
  ];
  for (const [path, read] of parts) {
    const [one, other] = [JSON.stringify(read(a)), JSON.stringify(read(b))];
    if (one !== other) found.set(path, { a: one, b: other });
  }
}

function compareMessages(
  message: DescMessage,
  [a, b]: readonly [Fields, Fields],
  path: string,
  found: Found,
): void {
  if ("unreadable" in a || "unreadable" in b) {
    if ("unreadable" in a !== "unreadable" in b) found.set(path, { a: readability(a), b: readability(b) });
    return;
  }
  for (const field of message.fields)
    compareField(field, [a[field.name], b[field.name]], `${path}.${field.name}`, found);
}

function readability(message: Fields): string {
  return "unreadable" in message ? "unreadable" : "readable";
}

type Both = readonly [Value | undefined, Value | undefined];

function compareField(field: DescField, [a, b]: Both, path: string, found: Found): void {
  if (field.fieldKind !== "list" || !Array.isArray(a) || !Array.isArray(b)) {
    compareSingle(field, [a, b], path, found);
    return;
  }
  if (a.length !== b.length) {
    found.set(path, { a: `${a.length} entries`, b: `${b.length} entries` });
    return;
  }
  for (const [index, entry] of a.entries())
    compareSingle(field, [entry, b[index]], `${path}[${index}]`, found);
}

function compareSingle(field: DescField, [a, b]: Both, path: string, found: Found): void {
  if (isOpaque(field)) {
    // Whether it is there may not differ.
    if (isThere(a) !== isThere(b)) found.set(path, { a: presence(a), b: presence(b) });
    return;
  }
  if (isAnswerTime(field) && isNear(a, b)) return;
  const { message } = field;
  const isOwn = field.fieldKind !== "map" && message?.typeName.startsWith("google.protobuf.") === false;
  if (isOwn && message !== undefined && isFields(a) && isFields(b))
    compareMessages(message, [a, b], path, found);
  else if (canonical(a) !== canonical(b)) found.set(path, { a: shown(field, a), b: shown(field, b) });
}

/** Both sides are asked one after the other, and may wait for the same store. */
const NEAR_MS = 5_000;

function isNear(a: Value | undefined, b: Value | undefined): boolean {
  return Math.abs(Date.parse(String(a)) - Date.parse(String(b))) <= NEAR_MS;
}

function isThere(value: Value | undefined): boolean {
  return value !== undefined && value !== "";
}

function presence(value: Value | undefined): string {
  return isThere(value) ? "there" : "absent";
}

/** The same text for the same value, whatever the order of a map's entries. */
function canonical(value: Value | undefined): string {
  return (
    JSON.stringify(value, (_, inner: Value) =>
      isFields(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ""
  );
}

import type { DescField, DescMessage, DescMethod } from "@bufbuild/protobuf";
import { isServerStream } from "@theseus/kit/contract";
import { type Fields, isFields, type Value } from "../cases/value.js";
import type { Refusal } from "../contract/answer.js";
import { FieldBehavior, has, isHandedBackAs, isOpaque, resourceTypeOf } from "./generate/field-role.js";
import type { PlannedCall } from "./generate/planned-call.js";
import { NAMES, type Pairs } from "./pairs.js";
import type { Answer } from "./underway.js";

/** The first thing in which two answers differ. */
export interface Difference {
  /** `status`, `metadata`, `ok.items[0].title` */
  readonly path: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Times of two clocks that are this near are the same. */
const NEAR_MS = 5000;

/** What two answers are compared by. */
export interface Comparing {
  readonly pairs: Pairs;
  /**
   * False for an entry of a list or a message of a watch that tells of nothing which the calls compared have to do with.
   * That an entry is there is compared, but not what it has, nor what is watched of it: a clock may be changing that.
   */
  isOwn(entry: Value): boolean;
  /** How long before B's the answers of A were given, in milliseconds. */
  readonly earlierMs: number;
}

/** Compares what two sides have answered to one call, as the contract describes the answer. */
export function compareAnswers(
  { method, requests }: Pick<PlannedCall, "method" | "requests">,
  a: Answer,
  b: Answer,
  { pairs, isOwn, earlierMs }: Comparing,
): Difference | undefined {
  const isLaterPage = requests.some((request) => takesToken(method, request));
  const ends = compareEnds(a, b, pairs);
  if (ends !== undefined) return ends;
  const [ofA, ofB] = [a, b].map(({ messages }) => messages.filter(isCompared(method, isOwn))) as [
    Value[],
    Value[],
  ];
  if (ofA.length !== ofB.length) return { path: "messages", a: ofA.length, b: ofB.length };
  for (const [index, message] of ofA.entries()) {
    const at =
      method.methodKind === "unary" || method.methodKind === "client_streaming" ? "ok" : `messages[${index}]`;
    const other = ofB[index] ?? null;
    const found = compareMessages(method.output, message, other, {
      path: at,
      pairs,
      isOwn,
      earlierMs,
      isLaterPage,
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

function isCompared(method: DescMethod, isOwn: Comparing["isOwn"]): (message: Value) => boolean {
  if (!isServerStream(method)) return () => true;
  return (message) => !namesResource(method.output, message) || isOwn(message);
}

/** True for a message with the name of a resource in it, at any depth. */
function namesResource(message: DescMessage, value: Value | undefined): boolean {
  if (!isFields(value ?? null)) return false;
  return message.fields.some((field) => {
    const inner = (value as Fields)[field.name];
    if (field.message !== undefined && field.fieldKind === "message")
      return namesResource(field.message, inner);
    return resourceTypeOf(field) !== undefined && (inner ?? "") !== "";
  });
}

/** True for a request that hands back what an answer of its method gives. */
function takesToken({ input, output }: DescMethod, request: Fields): boolean {
  const given = output.fields.filter(isOpaque);
  return input.fields.some(
    ({ name }) => (request[name] ?? "") !== "" && given.some((field) => isHandedBackAs(field.name, name)),
  );
}

function compareEnds(a: Answer, b: Answer, pairs: Pairs): Difference | undefined {
  const [endA, endB] = [endOf(a), endOf(b)];
  if (endA !== endB) return { path: "status", a: endA, b: endB };
  return a.refusal && b.refusal && compareRefusals(a.refusal, b.refusal, pairs);
}

/** `OK`, `NOT_FOUND / ITEM_NOT_FOUND`, or that it goes on. */
export function endOf({ refusal, goesOn }: Answer): string {
  if (refusal === undefined) return goesOn === true ? "goes on" : "OK";
  return refusal.reason === undefined ? refusal.status : `${refusal.status} / ${refusal.reason}`;
}

function compareRefusals(a: Refusal, b: Refusal, pairs: Pairs): Difference | undefined {
  const keys = new Set([...Object.keys(a.metadata), ...Object.keys(b.metadata)]);
  for (const key of keys) {
    const [textA, textB] = [a.metadata[key], b.metadata[key]];
    if (textA === undefined || textB === undefined || !isSameText(textA, textB, pairs))
      return { path: "metadata", a: a.metadata, b: b.metadata };
  }
  const [brokenA, brokenB] = [violationsOf(a), violationsOf(b)];
  if (show(brokenA) !== show(brokenB)) return { path: "violations", a: brokenA, b: brokenB };
  if (a.retryAfterMs !== b.retryAfterMs) return { path: "retry", a: a.retryAfterMs, b: b.retryAfterMs };
  return undefined;
}

/** A resource's name, such as `items/a`: metadata can be the first that tells it. */
const NAME = /^([a-z][A-Za-z]*)\/[^/ ]+$/;

function isSameText(a: string, b: string, pairs: Pairs): boolean {
  if (a === b || pairs.translate(a) === b) return true;
  const [, ofA] = NAME.exec(a) ?? [];
  const [, ofB] = NAME.exec(b) ?? [];
  return ofA !== undefined && ofA === ofB && pairs.match(NAMES, a, b);
}

function violationsOf({ violations }: Refusal): readonly string[] {
  return violations.map(({ field, rule }) => `${field} ${rule}`).sort();
}

interface Place {
  readonly path: string;
  /** Of an answer to a call that goes on where a page has ended. */
  readonly isLaterPage?: boolean;
  readonly pairs: Pairs;
  readonly isOwn: Comparing["isOwn"];
  readonly earlierMs: number;
}

function compareMessages(message: DescMessage, a: Value, b: Value, place: Place): Difference | undefined {
  if (message.typeName === "google.protobuf.Timestamp") return compareTimes(a, b, place);
  const described = isFields(a) && isFields(b) && !message.typeName.startsWith("google.protobuf.");
  if (!described || "unreadable" in a || "unreadable" in b) return compareTexts(a, b, place);
  // Where names are each implementation's own, chance decides what comes after the place at which a page has ended.
  const isOfChance =
    place.isLaterPage === true &&
    message.fields.some((field) => isOrderedByChance(field, [a, b], place.pairs));
  const owner = nameOf(message, a);
  for (const field of message.fields) {
    if (isOfChance && isOpaque(field)) continue;
    const at = { ...place, path: `${place.path}.${field.name}`, isOfChance };
    const found = compareField(field, [a[field.name], b[field.name]], { ...at, owner });
    if (found !== undefined) return found;
  }
  return undefined;
}

interface FieldPlace extends Place {
  readonly isOfChance: boolean;
  /** Name of the resource that the message is, on side A. */
  readonly owner: string;
}

function compareField(
  field: DescField,
  [a, b]: readonly [Value | undefined, Value | undefined],
  place: FieldPlace,
): Difference | undefined {
  if (place.isOfChance && (a === undefined || b === undefined)) return undefined;
  if (a === undefined || b === undefined) return a === b ? undefined : { path: place.path, a, b };
  if (field.fieldKind !== "list" || !Array.isArray(a) || !Array.isArray(b))
    return compareSingle(field, [a, b], place);
  if (a.length !== b.length && !place.isOfChance) return { path: place.path, a, b };
  const others = inOrderOf(field, [a, b], place.pairs);
  const nameIn = namesIn(field);
  for (const [index, entry] of a.entries()) {
    const other = others[index];
    if (other === undefined) continue;
    const at = { ...place, path: `${place.path}[${index}]` };
    const isOther = nameIn !== undefined && !place.isOwn(entry as Value);
    if (isOther && place.pairs.match(NAMES, nameIn(entry as Value), nameIn(other))) continue;
    const found = compareSingle(field, [entry as Value, other], at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The entries of the second list in the order of the first. Lists are in the order of names: where implementations have
 * chosen these, each has an order, and pages, of its own. Then an entry is compared where its partner is on the same page.
 */
function inOrderOf(
  field: DescField,
  [a, b]: readonly [readonly Value[], readonly Value[]],
  pairs: Pairs,
): readonly (Value | undefined)[] {
  const nameIn = namesIn(field);
  if (nameIn === undefined) return b;
  const partners = a.map((entry) => pairs.partner(NAMES, nameIn(entry)));
  if (partners.every((partner, index) => partner === nameIn(a[index] ?? null))) return b;
  const places = partners.map((partner) => b.findIndex((entry) => nameIn(entry) === partner));
  const seen = places.map((place, index) => ({ place, name: nameIn(a[index] ?? null) }));
  pairs.noteOrder(
    listOf(field),
    seen.filter(({ place }) => place >= 0),
  );
  return places.map((place) => b[place]);
}

/** Reads the name of an entry; undefined for a list of anything but resources. */
function namesIn(field: DescField): ((entry: Value) => string) | undefined {
  const identifier = field.message?.fields.find((each) => has(each, FieldBehavior.IDENTIFIER));
  if (identifier === undefined || resourceTypeOf(identifier) === undefined) return undefined;
  return (entry) => (isFields(entry) ? String(entry[identifier.name] ?? "") : "");
}

function listOf(field: DescField): string {
  return `${field.parent.typeName}.${field.name}`;
}

function isOrderedByChance(field: DescField, [a, b]: readonly [Fields, Fields], pairs: Pairs): boolean {
  const nameIn = field.fieldKind === "list" ? namesIn(field) : undefined;
  if (nameIn === undefined || pairs.keepsOrder(listOf(field))) return false;
  const isChosen = (side: "a" | "b", value: Value | undefined) =>
    Array.isArray(value) && value.some((entry) => pairs.isChosen(NAMES, side, nameIn(entry as Value)));
  return isChosen("a", a[field.name]) || isChosen("b", b[field.name]);
}

/** The second message with the entries of its lists in the order of the first; null where the first has one more. */
export function alignedTo(message: DescMessage, [a, b]: readonly [Value, Value], pairs: Pairs): Value {
  if (!isFields(a) || !isFields(b)) return b;
  const aligned: Record<string, Value> = { ...b };
  for (const field of message.fields) {
    const [one, other] = [a[field.name], b[field.name]];
    if (field.fieldKind !== "list" || !Array.isArray(one) || !Array.isArray(other)) continue;
    aligned[field.name] = inOrderOf(field, [one, other], pairs).map((entry) => entry ?? null);
  }
  return aligned;
}

function compareSingle(
  field: DescField,
  [a, b]: readonly [Value, Value],
  { owner, ...place }: FieldPlace,
): Difference | undefined {
  if (field.fieldKind !== "map" && field.message !== undefined)
    return compareMessages(field.message, a, b, place);
  if (typeof a !== "string" || typeof b !== "string") return compareTexts(a, b, place);
  const type = resourceTypeOf(field);
  if (type !== undefined) return place.pairs.match(NAMES, a, b) ? undefined : { path: place.path, a, b };
  if (!isOpaque(field)) return compareTexts(a, b, place);
  // An etag that stays on one side and changes on the other is no pair; tokens of no resource may always be new.
  const alike = owner === "" ? (a === "") === (b === "") : place.pairs.match(`${owner}#${field.name}`, a, b);
  return alike ? undefined : { path: place.path, a, b };
}

function nameOf(message: DescMessage, value: Fields): string {
  const field = message.fields.find((each) => each.name === "name" && resourceTypeOf(each) !== undefined);
  return field === undefined ? "" : String(value[field.name] ?? "");
}

/** A time that was sent is the same whenever it is answered; others move on. */
function compareTimes(a: Value, b: Value, { path, earlierMs }: Place): Difference | undefined {
  const apart = Date.parse(String(b)) - Date.parse(String(a));
  const isNear = Math.abs(apart) <= NEAR_MS || Math.abs(apart - earlierMs) <= NEAR_MS;
  return isNear ? undefined : { path, a, b };
}

function compareTexts(a: Value, b: Value, { path, pairs }: Place): Difference | undefined {
  return show(a) === show(b) || pairs.translate(show(a)) === show(b) ? undefined : { path, a, b };
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

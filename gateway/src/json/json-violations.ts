import {
  type DescField,
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Registry,
} from "@bufbuild/protobuf";
import type { Violation } from "@theseus/kit/contract";
import { expectedOf, expectedOne } from "./expected-value.js";
import { fieldNamed } from "./field-path.js";
import { isObject } from "./json-object.js";

/** As many as an answer shows: what is wrong beyond them is not looked for. */
const MOST = 32;

/**
 * The first fields of a JSON value that do not fit the message, and what they must be instead. The decoder stops at the
 * first one, and quotes its value; this finds up to 32 and quotes nothing. It asks the decoder whether a value fits that
 * holds no message of the contract, and so decodes each value at most twice, however deep it lies.
 */
export function findViolations(
  message: DescMessage,
  json: JsonValue,
  registry: Registry,
): readonly Violation[] {
  const violations: Violation[] = [];
  visitMessage(message, json, "");
  return violations;

  function visitMessage(desc: DescMessage, value: JsonValue, path: string): void {
    if (!isObject(value)) {
      add(path || "body", "type", "must be a JSON object");
      return;
    }
    const seen = new Set<DescField>();
    for (const key of Object.keys(value)) {
      if (isFull()) return;
      visitKey(desc, value, key, { seen, path });
    }
  }

  function visitKey(desc: DescMessage, value: JsonObject, key: string, { seen, path }: Place): void {
    const inner = value[key] ?? null;
    const field = fieldNamed(desc, key);
    if (!field) {
      const isExtension = key.startsWith("[") && decodes(desc, { [key]: inner });
      if (!isExtension) add(join(path, key), "unknown", "there is no such field");
      return;
    }
    const rival = rivalOf(field, seen, value);
    if (seen.has(field)) add(join(path, key), "duplicate", "is given twice, under both of its names");
    else if (rival) add(join(path, key), "oneof", `must not be given together with ${rival}`);
    else visitField(field, inner, join(path, field.jsonName));
    seen.add(field);
  }

  function visitField(field: DescField, value: JsonValue, path: string): void {
    if (field.fieldKind === "list" && Array.isArray(value)) visitList(field, value, path);
    else if (field.fieldKind === "map" && isObject(value)) visitMap(field, value, path);
    else if (field.fieldKind === "message" && isVisited(field.message)) {
      if (value !== null) visitMessage(field.message, value, path);
    } else if (!fits(field, value)) add(path, "type", expectedOf(field));
  }

  function visitList(field: DescField, items: readonly JsonValue[], path: string): void {
    const { message } = field;
    if (!isVisited(message) && fits(field, [...items])) return;
    for (const [index, item] of items.entries()) {
      if (isFull()) return;
      if (isVisited(message)) visitMessage(message, item, `${path}[${index}]`);
      else if (!fits(field, [item])) add(`${path}[${index}]`, "type", expectedOne(field));
    }
  }

  function visitMap(field: DescField, entries: JsonObject, path: string): void {
    const { message } = field;
    if (!isVisited(message) && fits(field, entries)) return;
    for (const [name, item] of Object.entries(entries)) {
      if (isFull()) return;
      const at = `${path}[${JSON.stringify(shorten(name))}]`;
      const before = violations.length;
      if (isVisited(message)) visitMessage(message, item, at);
      const probe = isVisited(message) ? {} : item;
      if (violations.length === before && !fits(field, { [name]: probe }))
        add(at, "type", expectedOne(field));
    }
  }

  function fits(field: DescField, value: JsonValue): boolean {
    return decodes(field.parent, { [field.name]: value });
  }

  function decodes(desc: DescMessage, value: JsonObject): boolean {
    try {
      fromJson(desc, value, { registry });
      return true;
    } catch {
      return false;
    }
  }

  function isFull(): boolean {
    return violations.length >= MOST;
  }

  function add(field: string, rule: string, text: string): void {
    violations.push({ field, rule: `json.${rule}`, message: text });
  }
}

/** Where a key stands: with what came before it in the same object, and at what path that is. */
interface Place {
  readonly seen: Set<DescField>;
  readonly path: string;
}

/** True for a message whose fields are looked at one by one: one that has no JSON form of its own. */
function isVisited(message: DescMessage | undefined): message is DescMessage {
  return message !== undefined && !message.typeName.startsWith("google.protobuf.");
}

function rivalOf(field: DescField, seen: ReadonlySet<DescField>, value: JsonObject): string | undefined {
  const isNull = (other: DescField) => (value[other.jsonName] ?? value[other.name]) === null;
  if (!field.oneof || isNull(field)) return undefined;
  return field.oneof.fields.find((other) => other !== field && seen.has(other) && !isNull(other))?.jsonName;
}

function join(path: string, key: string): string {
  return path === "" ? shorten(key) : `${path}.${shorten(key)}`;
}

function shorten(key: string): string {
  return key.length > 64 ? `${key.slice(0, 63)}…` : key;
}

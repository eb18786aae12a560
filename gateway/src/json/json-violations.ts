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

const MOST = 32;

/**
 * Every field of a JSON value that does not fit the message, and what it must be instead. The decoder stops at the
 * first one, and quotes its value; this finds all of them and quotes nothing. It asks the decoder whether a value fits.
 */
export function findViolations(
  message: DescMessage,
  json: JsonValue,
  registry: Registry,
): readonly Violation[] {
  const violations: Violation[] = [];
  visitMessage(message, json, "");
  return violations.slice(0, MOST);

  function visitMessage(desc: DescMessage, value: JsonValue, path: string): void {
    if (violations.length >= MOST) return;
    if (!isObject(value)) {
      add(path || "body", "type", "must be a JSON object");
      return;
    }
    const seen = new Set<DescField>();
    for (const [key, inner] of Object.entries(value)) {
      const at = join(path, key);
      const field = fieldNamed(desc, key);
      if (!field) add(at, "unknown", "there is no such field");
      else if (seen.has(field)) add(at, "duplicate", "is given twice, under both of its names");
      else if (rivalOf(field, seen, value))
        add(at, "oneof", `must not be given together with ${rivalOf(field, seen, value)}`);
      else visitField(desc, field, key, inner, join(path, field.jsonName));
      if (field) seen.add(field);
    }
  }

  function visitField(
    desc: DescMessage,
    field: DescField,
    key: string,
    value: JsonValue,
    path: string,
  ): void {
    const fits = (part: JsonValue) => decodes(desc, { [key]: part });
    if (fits(value)) return;
    if (field.fieldKind === "list" && Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        if (!fits([item])) visitOne(field, item, `${path}[${index}]`);
      }
    } else if (field.fieldKind === "map" && isObject(value)) {
      for (const [name, item] of Object.entries(value)) {
        if (!fits({ [name]: item })) visitOne(field, item, `${path}[${JSON.stringify(shorten(name))}]`);
      }
    } else if (field.fieldKind === "message") visitOne(field, value, path);
    else add(path, "type", expectedOf(field));
  }

  function visitOne(field: DescField, value: JsonValue, path: string): void {
    const before = violations.length;
    if (field.message && !field.message.typeName.startsWith("google.protobuf."))
      visitMessage(field.message, value, path);
    if (violations.length === before) add(path, "type", expectedOne(field));
  }

  function decodes(desc: DescMessage, value: JsonObject): boolean {
    try {
      fromJson(desc, value, { registry });
      return true;
    } catch {
      return false;
    }
  }

  function add(field: string, rule: string, text: string): void {
    violations.push({ field, rule: `json.${rule}`, message: text });
  }
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

import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  ScalarType,
} from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { isObject } from "./json-object.js";

const NUMBER_TEXT = /^-?[0-9]+$/;
const TEXT_TYPES: ReadonlySet<string> = new Set([
  "google.protobuf.Timestamp",
  "google.protobuf.Duration",
  "google.protobuf.FieldMask",
]);

/** True for a field whose value can be written as one text: a scalar, an enum, a wrapper, a time and the like. */
export function isTextField(field: DescField): boolean {
  if (field.fieldKind === "map") return false;
  return field.message === undefined || isTextMessage(field.message);
}

/** True for messages that JSON writes as one scalar. */
export function isTextMessage(message: DescMessage): boolean {
  return TEXT_TYPES.has(message.typeName) || isWrapperDesc(message);
}

/**
 * Puts a text from a path or a query into the JSON of a message: at a field, over the fields that lead to it. A list
 * gets one more item. False, and nothing done, when a field of one value has it already.
 */
export function setText(json: JsonObject, [field, ...rest]: readonly DescField[], text: string): boolean {
  if (!field) return true;
  const present = json[field.jsonName];
  if (rest.length > 0) {
    const inner = isObject(present) ? present : {};
    json[field.jsonName] = inner;
    return setText(inner, rest, text);
  }
  if (field.fieldKind === "list") {
    json[field.jsonName] = [...(Array.isArray(present) ? present : []), textToJson(field, text)];
    return true;
  }
  if (present !== undefined) return false;
  json[field.jsonName] = textToJson(field, text);
  return true;
}

/** The JSON value that means the same in ProtoJSON. Whether it fits the field is left to the decoder. */
function textToJson(field: DescField, text: string): JsonValue {
  if (field.enum) return enumText(field.enum, text);
  if (field.message?.typeName === "google.protobuf.FieldMask") return maskText(text);
  const scalar = field.message ? field.message.fields[0]?.scalar : field.scalar;
  if (scalar === ScalarType.BOOL && (text === "true" || text === "false")) return text === "true";
  return text;
}

function enumText(type: DescEnum, text: string): JsonValue {
  return NUMBER_TEXT.test(text) && !type.values.some((value) => value.name === text) ? Number(text) : text;
}

/** A field mask may be written with the contract's names; ProtoJSON takes only JSON names. */
function maskText(text: string): string {
  return text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

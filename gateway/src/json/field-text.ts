import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type JsonValue,
  ScalarType,
} from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";

const NUMBER_TEXT = /^-?[0-9]+$/;
const TEXT_TYPES: ReadonlySet<string> = new Set([
  "google.protobuf.Timestamp",
  "google.protobuf.Duration",
  "google.protobuf.FieldMask",
]);

/** The one value type of a field that text can stand for: a scalar, an enum, a wrapper or a type written as text. */
export function isTextField(field: DescField): boolean {
  if (field.fieldKind === "map") return false;
  return field.message === undefined || isTextMessage(field.message);
}

/** True for messages that JSON writes as one scalar. */
export function isTextMessage(message: DescMessage): boolean {
  return TEXT_TYPES.has(message.typeName) || isWrapperDesc(message);
}

/** Text from a path or a query as the JSON value that means the same in ProtoJSON. What is wrong with it, ProtoJSON says. */
export function textToJson(field: DescField, text: string): JsonValue {
  if (field.enum) return enumText(field.enum, text);
  if (field.message?.typeName === "google.protobuf.FieldMask") return maskText(text);
  const scalar = field.message ? field.message.fields[0]?.scalar : field.scalar;
  if (scalar === ScalarType.BOOL && (text === "true" || text === "false")) return text === "true";
  return text;
}

function enumText(type: DescEnum, text: string): JsonValue {
  return NUMBER_TEXT.test(text) && !type.values.some((value) => value.name === text) ? Number(text) : text;
}

/** Field masks are written with the names of JSON or of the contract; ProtoJSON knows the former only. */
function maskText(text: string): string {
  return text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

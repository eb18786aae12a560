import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";

const INT32 = "must be a whole number from -2147483648 to 2147483647";
const UINT32 = "must be a whole number from 0 to 4294967295";
const INT64 = "must be a whole number from -9223372036854775808 to 9223372036854775807";
const UINT64 = "must be a whole number from 0 to 18446744073709551615";
const MOST_NAMES = 20;

/** What a field's JSON value must be, for people. */
export function expectedOf(field: DescField): string {
  if (field.fieldKind === "list") return "must be an array";
  if (field.fieldKind === "map") return "must be a JSON object";
  return expectedOne(field);
}

/** What one value of a field (of a list: one item) must be. */
export function expectedOne(field: DescField): string {
  if (field.enum) return expectedEnum(field.enum);
  if (field.message) return expectedMessage(field.message);
  return field.scalar === undefined ? "has another type" : expectedScalar(field.scalar);
}

function expectedScalar(scalar: ScalarType): string {
  switch (scalar) {
    case ScalarType.BOOL:
      return "must be true or false";
    case ScalarType.STRING:
      return "must be a string";
    case ScalarType.BYTES:
      return "must be a string of base64";
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return "must be a number";
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return INT32;
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return UINT32;
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return INT64;
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return UINT64;
    default:
      return scalar satisfies never;
  }
}

function expectedEnum(type: DescEnum): string {
  const names = type.values.map((value) => value.name);
  const listed = names.slice(0, MOST_NAMES).join(", ");
  return `must be one of ${listed}${names.length > MOST_NAMES ? ", …" : ""}`;
}

function expectedMessage(message: DescMessage): string {
  switch (message.typeName) {
    case "google.protobuf.Timestamp":
      return 'must be a time as in "2026-01-31T12:00:00Z"';
    case "google.protobuf.Duration":
      return 'must be a length of time in seconds, as in "1.5s"';
    case "google.protobuf.FieldMask":
      return 'must be paths of fields in camelCase, as in "title,unitPrice"';
    case "google.protobuf.Any":
      return 'must be a JSON object whose "@type" names a known type';
    default:
      return isWrapperDesc(message) ? expectedScalar(message.fields[0].scalar) : "must be a JSON object";
  }
}

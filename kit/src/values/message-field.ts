import { type DescField, ScalarType } from "@bufbuild/protobuf";

// Fields of the plain objects that ts-proto makes of messages: camel case, `undefined` for what has presence and is
// not there, a oneof as `{ $case, value }`.

interface Case {
  readonly $case: string;
  readonly value: unknown;
}

/** A field's value; undefined when it has presence and is absent. */
export function readField(field: DescField, message: object): unknown {
  if (field.oneof === undefined) return Reflect.get(message, field.localName);
  const chosen: unknown = Reflect.get(message, field.oneof.localName);
  return isCase(chosen) && chosen.$case === field.localName ? chosen.value : undefined;
}

/** Sets a field; undefined makes it empty. */
export function writeField(field: DescField, message: object, value: unknown): void {
  if (field.oneof === undefined) {
    Reflect.set(message, field.localName, value ?? emptyOf(field));
  } else if (value !== undefined) {
    Reflect.set(message, field.oneof.localName, { $case: field.localName, value });
  } else if (readField(field, message) !== undefined) {
    Reflect.set(message, field.oneof.localName, undefined);
  }
}

/** True for a field that is on the wire: present, or not its type's zero. */
export function isSet(field: DescField, message: object): boolean {
  const value = readField(field, message);
  if (value === undefined) return false;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length > 0;
  if (field.fieldKind === "map") return Object.keys(Object(value)).length > 0;
  if (field.fieldKind === "message" || field.oneof !== undefined || isOptional(field)) return true;
  return value !== emptyOf(field);
}

function emptyOf(field: DescField): unknown {
  switch (field.fieldKind) {
    case "message":
      return undefined;
    case "list":
      return [];
    case "map":
      return {};
    case "enum":
      return isOptional(field) ? undefined : 0;
    case "scalar":
      return isOptional(field) ? undefined : zeroOf(field.scalar);
    default:
      return field satisfies never;
  }
}

/** `optional`: absent is something else than zero. */
function isOptional(field: DescField): boolean {
  return field.proto.proto3Optional;
}

function zeroOf(type: ScalarType): unknown {
  switch (type) {
    case ScalarType.STRING:
      return "";
    case ScalarType.BOOL:
      return false;
    case ScalarType.BYTES:
      return Buffer.alloc(0);
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return 0n;
    default:
      return 0;
  }
}

function isCase(value: unknown): value is Case {
  return typeof value === "object" && value !== null && "$case" in value && "value" in value;
}

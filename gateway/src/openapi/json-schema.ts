import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type Registry,
  ScalarType,
} from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import type { CommentOf } from "./comments.js";
import { constrain, isInputOnly, isRequired, messageConstraints } from "./constraints.js";
import type { Schema } from "./schema.js";

/** Makes schemas, and keeps those of named messages and enums as components. */
export interface Schemas {
  readonly components: ReadonlyMap<string, Schema>;
  message(message: DescMessage): Schema;
  /** A message's schema itself, not a reference to it, without some of its fields. */
  without(message: DescMessage, fields: ReadonlySet<DescField>): Schema;
  field(field: DescField): Schema;
}

const TEXT: Schema = { type: "string" };
const WELL_KNOWN: Readonly<Record<string, Schema>> = {
  "google.protobuf.Timestamp": { ...TEXT, format: "date-time" },
  "google.protobuf.Duration": { ...TEXT, pattern: "^-?[0-9]+(\\.[0-9]{1,9})?s$" },
  "google.protobuf.FieldMask": TEXT,
  "google.protobuf.Any": {
    type: "object",
    required: ["@type"],
    properties: { "@type": TEXT },
    additionalProperties: true,
  },
  "google.protobuf.Struct": { type: "object", additionalProperties: true },
  "google.protobuf.Value": {},
  "google.protobuf.ListValue": { type: "array", items: {} },
};

/** What schemas are made from. */
export interface SchemaContext {
  readonly commentOf: CommentOf;
  /** Knows the contract's own validation rules. */
  readonly registry: Registry;
  /** Fields that the contract requires, and that a client may leave out: the gateway sets them. */
  readonly optional: ReadonlySet<DescField>;
}

export function createSchemas({ commentOf, registry, optional }: SchemaContext): Schemas {
  const components = new Map<string, Schema>();

  function reference(type: DescMessage | DescEnum): Schema {
    if (!components.has(type.typeName)) {
      components.set(type.typeName, {});
      components.set(type.typeName, type.kind === "enum" ? ofEnum(type) : ofMessage(type, new Set()));
    }
    return { $ref: `#/components/schemas/${type.typeName}` };
  }

  function ofEnum(type: DescEnum): Schema {
    const lines = type.values.flatMap((value) => {
      const comment = commentOf(value);
      return comment ? [`- \`${value.name}\`: ${comment}`] : [];
    });
    const description = [commentOf(type), ...(lines.length > 0 ? [lines.join("\n")] : [])]
      .filter(Boolean)
      .join("\n\n");
    return {
      type: "string",
      ...(description && { description }),
      enum: type.values.map((value) => value.name),
    };
  }

  function ofMessage(message: DescMessage, omitted: ReadonlySet<DescField>): Schema {
    const fields = message.fields.filter((field) => !omitted.has(field));
    const required = fields
      .filter((field) => isRequired(field) && !isInputOnly(field) && !optional.has(field))
      .map((field) => field.jsonName);
    return {
      type: "object",
      ...described(message),
      properties: Object.fromEntries(fields.map((field) => [field.jsonName, ofField(field)])),
      ...(required.length > 0 && { required }),
      ...messageConstraints(message),
      additionalProperties: false,
    };
  }

  function ofField(field: DescField): Schema {
    return { ...constrain(field, shapeOf(field), registry), ...described(field) };
  }

  function shapeOf(field: DescField): Schema {
    if (field.fieldKind === "list") return { type: "array", items: single(field) };
    if (field.fieldKind === "map") return { type: "object", additionalProperties: single(field) };
    return single(field);
  }

  function single(field: DescField): Schema {
    if (field.enum) return reference(field.enum);
    if (field.message) return ofType(field.message);
    return field.scalar === undefined ? {} : ofScalar(field.scalar);
  }

  function ofType(message: DescMessage): Schema {
    if (isWrapperDesc(message)) return ofScalar(message.fields[0].scalar);
    return WELL_KNOWN[message.typeName] ?? reference(message);
  }

  function described(element: DescMessage | DescField): Schema {
    const description = commentOf(element);
    return description ? { description } : {};
  }

  return { components, message: ofType, without: ofMessage, field: ofField };
}

function ofScalar(scalar: ScalarType): Schema {
  switch (scalar) {
    case ScalarType.BOOL:
      return { type: "boolean" };
    case ScalarType.STRING:
      return TEXT;
    case ScalarType.BYTES:
      return { ...TEXT, contentEncoding: "base64" };
    case ScalarType.DOUBLE:
      return { type: "number", format: "double" };
    case ScalarType.FLOAT:
      return { type: "number", format: "float" };
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return { type: "integer", format: "int32" };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return { type: "integer", format: "uint32" };
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return { ...TEXT, format: "int64" };
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return { ...TEXT, format: "uint64" };
    default:
      return scalar satisfies never;
  }
}

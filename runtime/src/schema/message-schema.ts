import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { z } from "zod";
import { optional, record } from "./record.js";

/** A field, or an item of a list. */
type FieldType = Pick<
  DescField & { fieldKind: "scalar" | "enum" | "message" },
  "scalar" | "enum" | "message"
>;

const MAX_UINT32 = 4_294_967_295;

/**
 * The schema of a message as people write it, for `fromJson` to read afterwards: fields as the contract spells them, enum
 * values by name, durations such as `0.25s`. A key that is there says something: what a message cannot tell from a field
 * that is left out (0, false, an empty text or list, an enum's zero) is refused.
 *
 * @throws Error for a kind of field that no file has needed so far
 */
export function messageSchema(message: DescMessage): z.ZodType {
  if (message.typeName === "google.protobuf.Duration") return duration();
  return record(
    Object.fromEntries(message.fields.map((field) => [field.name, optional(fieldSchema(field))])),
  );
}

function fieldSchema(field: DescField): z.ZodType {
  if (field.fieldKind === "map") throw new Error(`${field}: maps are not read from files`);
  const type = typeSchema(field);
  if (field.fieldKind !== "list") return type;
  return z.array(type).min(1, { error: `"${field.name}" is empty: leave it out` });
}

function typeSchema({ name, message, enum: enumeration, scalar }: FieldType & { name: string }): z.ZodType {
  if (message) return messageSchema(message);
  if (enumeration)
    return z.enum(enumeration.values.filter(({ number }) => number !== 0).map(({ name }) => name));
  switch (scalar) {
    case ScalarType.STRING:
      return z.string().min(1, { error: `"${name}" is empty: leave it out` });
    case ScalarType.BOOL:
      return z.boolean().refine((value) => value, { error: `"${name}" is false: leave it out` });
    case ScalarType.UINT32:
      return wholeNumber(name);
    default:
      throw new Error(`${name}: ${ScalarType[scalar ?? 0]} is not read from files`);
  }
}

function wholeNumber(name: string): z.ZodType {
  const error = `"${name}" must be a whole number from 1 to ${MAX_UINT32}`;
  return z
    .number()
    .refine((value) => Number.isInteger(value) && value >= 1 && value <= MAX_UINT32, { error });
}

function duration(): z.ZodType {
  return z.string().regex(/^\d{1,9}(\.\d{1,9})?s$/, { error: "a duration is written such as 2s or 0.25s" });
}

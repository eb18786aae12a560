import { type DescField, type DescMessage, getOption, hasOption } from "@bufbuild/protobuf";
import { FieldBehavior, field_behavior } from "@theseus/contract/es/google/api/field_behavior_pb.js";
import { resource, resource_reference } from "@theseus/contract/es/google/api/resource_pb.js";
import { answer_time, opaque } from "@theseus/contract/es/theseus/validate/v1/rules_pb.js";

export { FieldBehavior };

/** True for a field with this behavior (AIP-203). */
export function has(field: DescField, behavior: FieldBehavior): boolean {
  return getOption(field, field_behavior).includes(behavior);
}

/** True for a text that an implementation makes as it likes. */
export function isOpaque(field: DescField): boolean {
  return getOption(field, opaque);
}

/** True for a time that is each answer's own. */
export function isAnswerTime(field: DescField): boolean {
  return getOption(field, answer_time);
}

/**
 * The type of the resource that a field names: the message's own, or one that it refers to.
 * @example
 * resourceTypeOf(GetShelfRequestSchema.field.name); // "library.example/Shelf"
 */
export function resourceTypeOf(field: DescField): string | undefined {
  if (hasOption(field, resource_reference)) {
    const { type, childType } = getOption(field, resource_reference);
    return type || childType || undefined;
  }
  if (!has(field, FieldBehavior.IDENTIFIER)) return undefined;
  return ownType(field.parent);
}

function ownType(message: DescMessage): string | undefined {
  return hasOption(message, resource) ? getOption(message, resource).type : undefined;
}

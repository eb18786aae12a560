import { type DescField, type DescMessage, getOption, hasOption } from "@bufbuild/protobuf";
import { FieldBehavior, field_behavior } from "@theseus/contract/es/google/api/field_behavior_pb.js";
import { resource, resource_reference } from "@theseus/contract/es/google/api/resource_pb.js";
import { answer_time, opaque } from "@theseus/contract/es/theseus/validate/v1/rules_pb.js";
import { readOnce } from "./read-once.js";

export { FieldBehavior };

/** Who compares answers asks for it at every field. */
const roleOf = readOnce((field: DescField) => {
  const behaviors = getOption(field, field_behavior);
  return {
    behaviors,
    isOpaque: getOption(field, opaque),
    isAnswerTime: getOption(field, answer_time),
    resourceType: resourceNamedBy(field, behaviors),
  };
});

/** True for a field with this behavior (AIP-203). */
export function has(field: DescField, behavior: FieldBehavior): boolean {
  return roleOf(field).behaviors.includes(behavior);
}

/** True for a text that an implementation makes as it likes. */
export function isOpaque(field: DescField): boolean {
  return roleOf(field).isOpaque;
}

/** True for a time that is each answer's own. */
export function isAnswerTime(field: DescField): boolean {
  return roleOf(field).isAnswerTime;
}

/**
 * The type of the resource that a field names: the message's own, or one that it refers to.
 * @example
 * resourceTypeOf(GetShelfRequestSchema.field.name); // "library.example/Shelf"
 */
export function resourceTypeOf(field: DescField): string | undefined {
  return roleOf(field).resourceType;
}

function resourceNamedBy(field: DescField, behaviors: readonly FieldBehavior[]): string | undefined {
  if (hasOption(field, resource_reference)) {
    const { type, childType } = getOption(field, resource_reference);
    return type || childType || undefined;
  }
  return behaviors.includes(FieldBehavior.IDENTIFIER) ? ownType(field.parent) : undefined;
}

function ownType(message: DescMessage): string | undefined {
  return hasOption(message, resource) ? getOption(message, resource).type : undefined;
}

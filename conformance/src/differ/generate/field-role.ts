import { type DescField, type DescMessage, getOption, hasOption, type Registry } from "@bufbuild/protobuf";
import { FieldBehavior, field_behavior } from "@theseus/contract/es/google/api/field_behavior_pb.js";
import { resource, resource_reference } from "@theseus/contract/es/google/api/resource_pb.js";
import { opaque } from "@theseus/contract/es/theseus/validate/v1/rules_pb.js";

/** What a contract says that a field is for, beyond its type. */
export function has(field: DescField, behavior: FieldBehavior): boolean {
  return getOption(field, field_behavior).includes(behavior);
}

export { FieldBehavior };

/** True for a text that an implementation makes as it likes. */
export function isOpaque(field: DescField): boolean {
  return getOption(field, opaque);
}

/** The type of the resource that a field names: the message's own, or one that it refers to. */
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

/** Patterns of names by type of resource, such as `items/{item}`. */
export function namePatterns(registry: Registry): ReadonlyMap<string, string> {
  const patterns = new Map<string, string>();
  for (const desc of registry) {
    if (desc.kind !== "message" || !hasOption(desc, resource)) continue;
    const { type, pattern } = getOption(desc, resource);
    if (pattern[0] !== undefined) patterns.set(type, pattern[0]);
  }
  return patterns;
}

/** True when callers may hand the answer's field back as the request's: `page_token` is what `next_page_token` was. */
export function isHandedBackAs(answered: string, requested: string): boolean {
  return answered === requested || answered === `next_${requested}`;
}

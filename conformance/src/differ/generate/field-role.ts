import { type DescMessage, getOption, hasOption, type Registry } from "@bufbuild/protobuf";
import { resource } from "@theseus/contract/es/google/api/resource_pb.js";

import { FieldBehavior, has, readOnce, resourceTypeOf } from "@theseus/kit/contract";

/** What a contract says that a field is for, beyond its type. */
export { FieldBehavior, has, isOpaque, resourceTypeOf } from "@theseus/kit/contract";

const DEEPEST = 4;

/** Types of the resources that a message can name, at any depth. */
export const resourceTypesIn = readOnce(
  (message: DescMessage): ReadonlySet<string> => new Set(typesIn(message)),
);

function* typesIn(message: DescMessage, depth = 0): Iterable<string> {
  for (const field of message.fields) {
    if (has(field, FieldBehavior.OUTPUT_ONLY)) continue;
    const type = resourceTypeOf(field);
    if (type !== undefined) yield type;
    if (depth < DEEPEST && field.fieldKind !== "map" && field.message !== undefined)
      yield* typesIn(field.message, depth + 1);
  }
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

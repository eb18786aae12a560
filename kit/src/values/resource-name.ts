import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";

/** What every id in a resource name is like; also a part of a page token that is one. */
export const RESOURCE_ID = /^[a-z0-9-]{1,64}$/;

/** `items/{id}`. Throws RangeError for an id that is none, as that is a fault of ours. */
export function toResourceName(collection: string, id: string): string {
  if (!RESOURCE_ID.test(id)) throw new RangeError(`${JSON.stringify(id)} is not an id of ${collection}`);
  return `${collection}/${id}`;
}

/** The id in a name of a collection, or undefined when it is not exactly `{collection}/{id}`. */
export function fromResourceName(collection: string, name: string): string | undefined {
  const id = name.startsWith(`${collection}/`) ? name.slice(collection.length + 1) : "";
  return RESOURCE_ID.test(id) ? id : undefined;
}

/** The id in a name that a request's `field` has. Throws VALIDATION_FAILED. */
export function assertResourceName(collection: string, name: string, field: string): string {
  const id = fromResourceName(collection, name);
  if (id !== undefined) return id;
  const message = `must be ${collection}/{id}, the id 1 to 64 of a-z, 0-9 and -`;
  throw new StatusError(ErrorReason.VALIDATION_FAILED, `${field}: ${message}`, {
    violations: [{ field, rule: "resource_name", message }],
  });
}

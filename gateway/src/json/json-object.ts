import type { JsonObject, JsonValue } from "@bufbuild/protobuf";

/** True for a JSON object, which neither null nor an array is. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

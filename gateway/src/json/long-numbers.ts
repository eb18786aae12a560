import type { JsonObject, JsonValue } from "@bufbuild/protobuf";

/** Digits above which no text is read as an integer: the time that takes grows with their square. */
const MOST_DIGITS = 1000;
const LONG_NUMBER = new RegExp(`^\\s*[+-]?[0-9]{${MOST_DIGITS}}`);

/** Fits text and bytes, and no kind of number. */
const NO_NUMBER = "AAAA";

/**
 * A copy in which each text that begins with an absurd count of digits is replaced by one that is no number; undefined
 * when there is none. A message that can be read from the copy has them where any text may be, and one that cannot has
 * them where they are as wrong as what replaces them.
 */
export function withoutLongNumbers(json: JsonValue): JsonValue | undefined {
  return hasLongNumber(json) ? replace(json) : undefined;
}

function hasLongNumber(json: JsonValue): boolean {
  if (typeof json === "string") return isLongNumber(json);
  if (typeof json !== "object" || json === null) return false;
  if (Array.isArray(json)) return json.some(hasLongNumber);
  for (const key in json) if (isLongNumber(key) || hasLongNumber(json[key] ?? null)) return true;
  return false;
}

function replace(json: JsonValue): JsonValue {
  if (typeof json === "string") return isLongNumber(json) ? NO_NUMBER : json;
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map(replace);
  const copy: JsonObject = Object.create(null);
  for (const [index, [key, value]] of Object.entries(json).entries())
    copy[isLongNumber(key) ? `${key.slice(0, 64)}…${index}` : key] = replace(value);
  return copy;
}

function isLongNumber(text: string): boolean {
  return text.length >= MOST_DIGITS && LONG_NUMBER.test(text);
}

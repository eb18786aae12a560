import type { JsonValue } from "@bufbuild/protobuf";

/**
 * What a message takes at least in Protobuf, in bytes, known without reading it: an item of a list takes one, and two
 * when it is a message, however empty. To read so many costs far more than to count them.
 */
export function leastBytes(json: JsonValue): number {
  if (typeof json !== "object" || json === null) return 0;
  let bytes = 0;
  if (Array.isArray(json)) {
    for (const item of json) bytes += (isMessage(item) ? 2 : 1) + leastBytes(item);
  } else for (const key in json) bytes += leastBytes(json[key] ?? null);
  return bytes;
}

function isMessage(item: JsonValue): boolean {
  return typeof item === "object" && item !== null;
}

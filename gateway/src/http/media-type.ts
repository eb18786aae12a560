import { GatewayError } from "../errors/gateway-error.js";

export const JSON_TYPE = "application/json";
export const NDJSON_TYPE = "application/x-ndjson";
export const SSE_TYPE = "text/event-stream";
const NDJSON_TYPES: readonly string[] = [NDJSON_TYPE, "application/ndjson", "application/jsonl"];

/** Throws MEDIA_TYPE_UNSUPPORTED unless a body is of a type that the route takes, in UTF-8 and not compressed. */
export function assertContentType(
  headers: { readonly [name: string]: string | string[] | undefined },
  lines: boolean,
): void {
  const taken = lines ? NDJSON_TYPES : [JSON_TYPE];
  const [type = "", ...parameters] = String(headers["content-type"] ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const charset = parameters
    .find((part) => part.startsWith("charset="))
    ?.slice(8)
    .replaceAll('"', "");
  const encoding = headers["content-encoding"] ?? "identity";
  if (taken.includes(type) && (charset ?? "utf-8") === "utf-8" && encoding === "identity") return;
  throw new GatewayError("MEDIA_TYPE_UNSUPPORTED", `the body must be ${taken[0]} in UTF-8, not compressed`, {
    headers: { accept: taken.join(", ") },
  });
}

/** The type of `offered`, best first, that an Accept header likes best. Throws NOT_ACCEPTABLE when it likes none. */
export function negotiate(accept: string | undefined, offered: readonly string[]): string {
  const ranges = (accept ?? "*/*").split(",").map(parseRange);
  let best: { readonly type: string; readonly quality: number } | undefined;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  if (best) return best.type;
  throw new GatewayError("NOT_ACCEPTABLE", `the answer can be ${offered.join(" or ")}`);
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function parseRange(text: string): Range {
  const [type = "", ...parameters] = text
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const given = parameters.find((part) => part.startsWith("q="));
  const quality = given === undefined ? 1 : Number(given.slice(2));
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** By the range that names the type most closely (RFC 9110 12.5.1). */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const group = `${type.slice(0, type.indexOf("/"))}/*`;
  for (const name of [type, group, "*/*"]) {
    const range = ranges.find((each) => each.type === name);
    if (range) return range.quality;
  }
  return 0;
}

import type { PathVariable } from "@theseus/kit/contract";
import { GatewayError } from "../errors/gateway-error.js";

/** The segments of a path: as they came, and decoded once. */
export interface RequestPath {
  readonly raw: readonly string[];
  readonly decoded: readonly string[];
}

/** Splits a request's path (without query) into segments. Throws REQUEST_MALFORMED for a bad percent-encoding. */
export function parseRequestPath(path: string): RequestPath {
  const raw = path.slice(1).split("/");
  return { raw, decoded: raw.map(decodeSegment) };
}

/** The path without the verb at its end, and the verb; undefined when its last segment has no colon. */
export function splitVerb(
  path: RequestPath,
): { readonly path: RequestPath; readonly verb: string } | undefined {
  const last = path.raw.at(-1) ?? "";
  const colon = last.lastIndexOf(":");
  if (colon < 0) return undefined;
  const segment = last.slice(0, colon);
  return {
    path: {
      raw: [...path.raw.slice(0, -1), segment],
      decoded: [...path.decoded.slice(0, -1), decodeSegment(segment)],
    },
    verb: decodeSegment(last.slice(colon + 1)),
  };
}

/**
 * The value of a variable. When it is one segment, all of it is decoded. When it is several, `%2F` stays encoded: once
 * decoded, it would look like a slash between two of them.
 */
export function variableValue(path: RequestPath, variable: PathVariable, length: number): string {
  const { start, end, single } = variable;
  if (single) return path.decoded[start] ?? "";
  const stop = end === length ? path.raw.length : end;
  return path.raw.slice(start, stop).map(decodeButSlashes).join("/");
}

function decodeButSlashes(segment: string): string {
  return segment
    .split(/(%2f)/i)
    .map((part, index) => (index % 2 === 1 ? part : decodeSegment(part)))
    .join("");
}

function decodeSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new GatewayError("REQUEST_MALFORMED", "the path has a percent-encoding that is not UTF-8", {
      cause,
    });
  }
}

import {
  type DescField,
  type DescMessage,
  fromJson,
  type JsonValue,
  type Message,
  type Registry,
  toJson,
} from "@bufbuild/protobuf";
import { GatewayError, malformed } from "../errors/gateway-error.js";
import { isObject } from "./json-object.js";
import { JsonTextError, parseJsonText, TooManyValuesError } from "./json-text.js";
import { findViolations } from "./json-violations.js";
import { withoutLongNumbers } from "./long-numbers.js";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Where a JSON text stands, such as "the body", and how many values it may hold. */
export interface JsonTextPlace {
  readonly where: string;
  readonly maxValues: number;
}

/**
 * One JSON value from the bytes of a body or a line. Throws REQUEST_MALFORMED when it is not JSON, and REQUEST_TOO_LARGE
 * for too many values, with messages that begin with `where`.
 */
export function parseJsonBytes(bytes: Uint8Array, { where, maxValues }: JsonTextPlace): JsonValue {
  try {
    return parseJsonText(utf8.decode(bytes), maxValues);
  } catch (cause) {
    if (cause instanceof TooManyValuesError)
      throw new GatewayError("REQUEST_TOO_LARGE", `${where} has ${cause.message}`, { cause });
    const problem = cause instanceof JsonTextError ? cause.message : "not UTF-8";
    throw new GatewayError("REQUEST_MALFORMED", `${where} is ${problem}`, { cause });
  }
}

/**
 * Reads a message by the rules of ProtoJSON. Throws REQUEST_MALFORMED with the fields that do not fit. A number of absurd
 * length is refused before anything computes its value.
 */
export function decodeMessage(desc: DescMessage, json: JsonValue, registry: Registry): Message {
  const shortened = withoutLongNumbers(json);
  if (shortened !== undefined) decode(desc, shortened, registry);
  return decode(desc, json, registry);
}

function decode(desc: DescMessage, json: JsonValue, registry: Registry): Message {
  try {
    return fromJson(desc, json, { registry });
  } catch (cause) {
    const violations = findViolations(desc, json, registry);
    if (violations.length > 0) throw malformed(violations);
    throw new GatewayError("REQUEST_MALFORMED", `the request is not a ${desc.typeName}`, { cause });
  }
}

/**
 * A message in ProtoJSON. Fields without presence are written even when they are zero, so that a client always sees
 * them. With `only`, the value of that field alone (`response_body`).
 */
export function encodeMessage(
  desc: DescMessage,
  message: Message,
  registry: Registry,
  only?: DescField,
): string {
  const json = toJson(desc, message, { registry, alwaysEmitImplicit: true });
  if (only === undefined) return JSON.stringify(json);
  return JSON.stringify((isObject(json) ? json[only.jsonName] : undefined) ?? null);
}

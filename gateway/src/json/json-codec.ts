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
import { findJsonFaults } from "./json-faults.js";
import { JsonTextError, parseJsonText } from "./json-text.js";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One JSON value from the bytes of a body or a line. `where` opens the message when it is not JSON. */
export function parseJsonBytes(bytes: Uint8Array, where: string): JsonValue {
  try {
    return parseJsonText(utf8.decode(bytes));
  } catch (cause) {
    const problem = cause instanceof JsonTextError ? cause.message : "not UTF-8";
    throw new GatewayError("REQUEST_MALFORMED", `${where} is ${problem}`, { cause });
  }
}

/** The message that JSON says, by the rules of ProtoJSON. Throws REQUEST_MALFORMED with every faulty field. */
export function decodeMessage(desc: DescMessage, json: JsonValue, registry: Registry): Message {
  try {
    return fromJson(desc, json, { registry });
  } catch (cause) {
    const faults = findJsonFaults(desc, json, registry);
    if (faults.length > 0) throw malformed(faults);
    throw new GatewayError("REQUEST_MALFORMED", `the request is not a ${desc.typeName}`, { cause });
  }
}

/**
 * A message in ProtoJSON, fields of zero included, so that a client sees every field that has no presence of its own.
 * With `only`, that field alone (`response_body`).
 */
export function encodeMessage(
  desc: DescMessage,
  message: Message,
  registry: Registry,
  only?: DescField,
): string {
  const json = toJson(desc, message, { registry, alwaysEmitImplicit: true });
  if (only === undefined) return JSON.stringify(json);
  const value =
    typeof json === "object" && json !== null && !Array.isArray(json) ? json[only.jsonName] : undefined;
  return JSON.stringify(value ?? null);
}

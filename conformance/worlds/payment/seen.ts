import type { Metadata } from "@grpc/grpc-js";
import type { Value } from "../../src/cases/value.js";
import type { Seen } from "./script.js";

/** A call for expectations: the request's fields by the contract's own names, and metadata that is text. */
export function toSeen(request: unknown, metadata: Metadata): Seen {
  const texts = Object.entries(metadata.getMap()).map(([key, value]) => [key, String(value)]);
  return { request: toValue(request), metadata: Object.fromEntries(texts) };
}

function toValue(field: unknown): Value {
  if (typeof field === "bigint") return field.toString();
  if (field === null || typeof field !== "object") return field as Value;
  if (Array.isArray(field)) return field.map(toValue);
  const entries = Object.entries(field).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [toProtoName(name), toValue(value)]));
}

function toProtoName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

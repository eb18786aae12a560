// What `buf breaking` does not see: options. Routes, policy, declared reasons, validation, field behaviour, redaction,
// resources and the rules of reasons bind callers as much as field numbers do, so none may change unnoticed. A method's
// policy is compared as it holds, whether the method or its service says it.
import {
  clearExtension,
  clone,
  create,
  createFileRegistry,
  fromBinary,
  setExtension,
  toJson,
} from "@bufbuild/protobuf";
import {
  EnumOptionsSchema,
  EnumValueOptionsSchema,
  FieldOptionsSchema,
  FileDescriptorSetSchema,
  MessageOptionsSchema,
  MethodOptionsSchema,
  OneofOptionsSchema,
  ServiceOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import { policy, service_policy } from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { resolvePolicy } from "@theseus/kit/contract";

/**
 * @import { DescEnum, DescMessage, DescMethod, JsonObject, JsonValue, Message } from "@bufbuild/protobuf"
 */

/**
 * Changes of options from one descriptor set to another, a line each, sorted. What is new altogether (a method, a field,
 * a value) is no change; what is gone altogether is buf's to report.
 * @param {Uint8Array} before  FileDescriptorSet with imports
 * @param {Uint8Array} after   FileDescriptorSet with imports
 */
export function optionChanges(before, after) {
  const was = optionsByElement(before);
  const is = optionsByElement(after);
  const lines = [];
  for (const [element, options] of was) {
    const now = is.get(element);
    if (now === undefined) continue;
    for (const path of new Set([...options.keys(), ...now.keys()])) {
      const [from, to] = [options.get(path), now.get(path)];
      if (from !== to) lines.push(`${element} ${path}: ${from ?? "(absent)"} -> ${to ?? "(absent)"}`);
    }
  }
  return lines.sort();
}

/**
 * Options by element's full name, each by its path.
 * @param {Uint8Array} bytes
 * @returns {Map<string, Map<string, string>>}
 */
function optionsByElement(bytes) {
  const set = fromBinary(FileDescriptorSetSchema, bytes);
  const registry = createFileRegistry(set);
  const elements = new Map();
  /** @type {(name: string, schema: DescMessage, options: Message | undefined) => void} */
  const add = (name, schema, options) => elements.set(name, flatten(schema, options, registry));
  /** @type {(m: DescMessage) => void} */
  const message = (m) => {
    add(m.typeName, MessageOptionsSchema, m.proto.options);
    for (const f of m.fields) add(`${m.typeName}.${f.name}`, FieldOptionsSchema, f.proto.options);
    for (const o of m.oneofs) add(`${m.typeName}.${o.name}`, OneofOptionsSchema, o.proto.options);
    m.nestedMessages.forEach(message);
    m.nestedEnums.forEach(enumeration);
  };
  /** @type {(e: DescEnum) => void} */
  const enumeration = (e) => {
    add(e.typeName, EnumOptionsSchema, e.proto.options);
    for (const v of e.values) add(`${e.typeName}.${v.name}`, EnumValueOptionsSchema, v.proto.options);
  };
  for (const file of registry.files) {
    if (!file.name.startsWith("theseus/")) continue;
    file.messages.forEach(message);
    file.enums.forEach(enumeration);
    for (const service of file.services) {
      const own = clone(ServiceOptionsSchema, service.proto.options ?? create(ServiceOptionsSchema));
      clearExtension(own, service_policy);
      add(service.typeName, ServiceOptionsSchema, own);
      for (const m of service.methods)
        add(`${service.typeName}.${m.name}`, MethodOptionsSchema, optionsOf(m));
    }
  }
  return elements;
}

/**
 * The options of a method with the policy that holds for it, wherever it is written.
 * @param {DescMethod} method
 */
function optionsOf(method) {
  const options = clone(MethodOptionsSchema, method.proto.options ?? create(MethodOptionsSchema));
  setExtension(options, policy, resolvePolicy(method));
  return options;
}

/**
 * @param {DescMessage} schema
 * @param {Message | undefined} options
 * @param {import("@bufbuild/protobuf").Registry} registry
 */
function flatten(schema, options, registry) {
  /** @type {Map<string, string>} */
  const leaves = new Map();
  if (options === undefined) return leaves;
  const known = toJson(schema, options, { registry });
  /** @type {(path: string, value: JsonValue) => void} */
  const visit = (path, value) => {
    if (value === null || typeof value !== "object") leaves.set(path, JSON.stringify(value));
    else for (const [key, inner] of Object.entries(keyed(value))) visit(`${path}.${key}`, inner);
  };
  for (const [key, value] of Object.entries(known ?? {})) visit(key, value);
  return leaves;
}

/**
 * Lists are compared as what they hold: `allow` by caller and auth, rules by their id, plain values by themselves.
 * @param {JsonObject | JsonValue[]} value
 * @returns {JsonObject}
 */
function keyed(value) {
  if (!Array.isArray(value)) return value;
  const entries = value.map((entry) => {
    if (entry === null || typeof entry !== "object") return [String(entry), true];
    if (!Array.isArray(entry) && typeof entry.id === "string") return [entry.id, entry];
    return [JSON.stringify(entry), true];
  });
  return Object.fromEntries(entries);
}

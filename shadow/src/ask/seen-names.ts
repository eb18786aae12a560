import {
  create,
  type DescField,
  type DescMessage,
  type DescMethod,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import type { Metadata } from "@grpc/grpc-js";
import { FieldBehavior, findPolicy, has, resourceTypeOf } from "@theseus/kit/contract";
import { type Answer, type Fields, isFields, type Value } from "./answer.js";
import type { Question } from "./application.js";

/** Names that are kept of each type of resource. */
const KEPT = 32;
/** The most names in one request. */
const MOST = 3;
const DEADLINE_MS = 5_000;

interface Seen {
  readonly name: string;
  /** Of the caller who was answered about it. */
  readonly metadata: Metadata;
}

/** Names of resources in calls that were answered: of them, requests are made that nobody has sent. */
export class SeenNames {
  readonly #byType = new Map<string, Seen[]>();
  #turn = 0;

  note({ method, metadata }: Question, { messages }: Answer): void {
    for (const message of messages)
      for (const [type, name] of namesIn(method.output, message)) this.#keep(type, { name, metadata });
  }

  /** A request of a method that names what was seen; undefined when it needs something else, or nothing was seen. */
  questionFor(method: DescMethod): (Question & { readonly names: number }) | undefined {
    const required = method.input.fields.filter((field) => has(field, FieldBehavior.REQUIRED));
    if (required.some((field) => !isReference(field))) return undefined;
    const request = reflect(method.input, create(method.input));
    let caller: Metadata | undefined;
    let count = 0;
    this.#turn += 1;
    for (const field of method.input.fields.filter(isReference)) {
      const seen = this.#some(field);
      caller ??= seen[0]?.metadata;
      if (seen.length === 0 && required.includes(field)) return undefined;
      if (field.fieldKind === "list") for (const { name } of seen) request.get(field).add(name);
      else if (seen[0] !== undefined) request.set(field, seen[0].name);
      count += field.fieldKind === "list" ? seen.length : 1;
    }
    if (caller === undefined) return undefined;
    const bytes = Buffer.from(toBinary(method.input, request.message));
    const deadlineMs = findPolicy(method)?.timeoutMs ?? DEADLINE_MS;
    return { method, bytes, metadata: caller, deadlineMs, names: count };
  }

  #keep(type: string, seen: Seen): void {
    const others = (this.#byType.get(type) ?? []).filter(({ name }) => name !== seen.name);
    this.#byType.set(type, [...others, seen].slice(-KEPT));
  }

  /** In turn, so that each name comes. */
  #some(field: DescField): readonly Seen[] {
    const known = this.#byType.get(resourceTypeOf(field) ?? "") ?? [];
    const from = known.length === 0 ? 0 : this.#turn % known.length;
    return [...known.slice(from), ...known.slice(0, from)].slice(0, field.fieldKind === "list" ? MOST : 1);
  }
}

function isReference(field: DescField): boolean {
  const isText =
    (field.fieldKind === "scalar" && field.scalar === ScalarType.STRING) ||
    (field.fieldKind === "list" && field.listKind === "scalar" && field.scalar === ScalarType.STRING);
  return isText && resourceTypeOf(field) !== undefined;
}

function* namesIn(message: DescMessage, value: Fields): Iterable<readonly [type: string, name: string]> {
  for (const field of message.fields) {
    const inner = value[field.name];
    const type = resourceTypeOf(field);
    for (const entry of toList(inner)) {
      if (typeof entry === "string" && type !== undefined && entry !== "") yield [type, entry];
      else if (isFields(entry) && field.fieldKind !== "map" && field.message !== undefined)
        yield* namesIn(field.message, entry);
    }
  }
}

function toList(value: Value | undefined): readonly Value[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as Value];
}

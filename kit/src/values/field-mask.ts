import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { FieldBehavior, has } from "../contract/field-role.js";
import { ErrorReason } from "../contract/reason-rule.js";
import type { Violation } from "../contract/status-details.js";
import { StatusError } from "../errors/status-error.js";
import { isSet, readField, writeField } from "./message-field.js";

/** What an update wants. Both messages are ts-proto's, of the type that the descriptor describes. */
export interface FieldMaskUpdate<T extends object> {
  /** The resource as it is. */
  readonly current: T;
  /** The resource in the request. */
  readonly given: T;
  /** Paths in the contract's spelling; absent or empty for all fields that are set in `given`. */
  readonly mask: readonly string[] | undefined;
  /** Name of the mask's field in the request. Default `update_mask`. */
  readonly field?: string;
  /** The only paths that this update takes; default all that a caller may change, parts of values included. */
  readonly changeable?: readonly string[];
}

const NOT_FOR_UPDATES: readonly FieldBehavior[] = [
  FieldBehavior.OUTPUT_ONLY,
  FieldBehavior.INPUT_ONLY,
  FieldBehavior.IMMUTABLE,
  FieldBehavior.IDENTIFIER,
];
const READ_ONLY = { rule: "field_mask.read_only", message: "this field cannot be changed" };
/** AIP-154: says which version is meant, and is never itself changed. */
const ETAG = "etag";

/**
 * The resource as an update makes it (AIP-134): `current` with the masked fields of `given`. An absent mask means
 * all fields that are set in `given`; `*` all that a caller may change, the unset ones becoming empty. Fields that
 * are output only, input only, immutable, the name or the etag are passed over in both, and refused when the mask names
 * them, as unknown paths are: FIELD_MASK_INVALID with a violation for each. What is input only is no part of the
 * resource as it is: the methods that take it change it.
 */
export function applyFieldMask<T extends object>(desc: DescMessage, update: FieldMaskUpdate<T>): T {
  const { current, given, mask = [], field = "update_mask", changeable } = update;
  const mutable = desc.fields.filter(isMutable);
  const result = { ...current };
  if (mask.length === 0 || (mask.length === 1 && mask[0] === "*")) {
    for (const each of mutable) {
      if (mask.length > 0 || isSet(each, given)) writeField(each, result, readField(each, given));
    }
    return result;
  }
  const problems = mask.map(
    (path) => problemOf(desc, path) ?? (changeable?.includes(path) === false ? READ_ONLY : undefined),
  );
  const violations = problems.flatMap((problem, index): Violation[] =>
    problem === undefined ? [] : [{ field: `${field}.paths[${index}]`, ...problem }],
  );
  if (violations.length > 0) {
    throw new StatusError(ErrorReason.FIELD_MASK_INVALID, `${field} names a field that cannot be set`, {
      violations,
    });
  }
  for (const path of mask) copyPath(desc, path.split("."), result, given);
  return result;
}

/** What is wrong with a path; undefined for a good one. The path itself is not repeated: it is the caller's text. */
function problemOf(desc: DescMessage, path: string): Omit<Violation, "field"> | undefined {
  if (path === "*") return { rule: "field_mask.wildcard", message: "* must stand alone" };
  let scope: DescMessage | undefined = desc;
  for (const name of path.split(".")) {
    const field: DescField | undefined = scope?.fields.find((each) => each.name === name);
    if (field === undefined) return { rule: "field_mask.unknown", message: "there is no such field" };
    if (!isMutable(field)) return READ_ONLY;
    scope = field.fieldKind === "message" && !isOneValue(field.message) ? field.message : undefined;
  }
  return undefined;
}

function copyPath(
  desc: DescMessage,
  path: readonly string[],
  target: object,
  source: object | undefined,
): void {
  const [name, ...rest] = path;
  const field = desc.fields.find((each) => each.name === name);
  if (field === undefined) return;
  const value = source && readField(field, source);
  if (rest.length === 0 || field.fieldKind !== "message") {
    writeField(field, target, value);
    return;
  }
  const inner = { ...asObject(readField(field, target) ?? emptyLike(field.message)) };
  copyPath(field.message, rest, inner, value === undefined ? undefined : asObject(value));
  writeField(field, target, inner);
}

/** A message that has nothing yet gets every field, as ts-proto wants it. */
function emptyLike(desc: DescMessage): object {
  const empty = {};
  for (const field of desc.fields) writeField(field, empty, undefined);
  return empty;
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

function isMutable(field: DescField): boolean {
  if (field.name === ETAG) return false;
  return !NOT_FOR_UPDATES.some((behavior) => has(field, behavior));
}

/** Timestamps and their like are single values to a caller. */
function isOneValue(message: DescMessage): boolean {
  return message.typeName.startsWith("google.protobuf.");
}

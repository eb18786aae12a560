import { type DescMessage, type DescMethod, fromBinary, isMessage } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import { StatusSchema } from "@theseus/contract/es/google/rpc/status_pb.js";
import {
  Code,
  ERROR_DOMAIN,
  FieldBehavior,
  findPolicy,
  has,
  isRedacted,
  readDetails,
  reasonNamed,
  ruleOf,
  type StatusDetails,
} from "@theseus/kit/contract";
import type { Refusal } from "./answer.js";

/**
 * What holds for every refusal of every method: it carries a reason that the method may answer, with the status code and
 * the retry delay of that reason, and repeats no secret. A line for each breach.
 */
export function refusalFaults(
  method: DescMethod,
  refusal: Refusal,
  secrets: readonly string[],
): readonly string[] {
  const faults = [...reasonFaults(refusal)];
  const { reason } = refusal;
  const known = reason === undefined ? undefined : reasonNamed(reason);
  if (known === undefined) return faults;
  if (!ruleOf(known).common && findPolicy(method)?.declares(known) !== true)
    faults.push(`${method.name} does not declare ${reason}`);
  const said = JSON.stringify([refusal.message, refusal.metadata, refusal.violations]);
  if (secrets.some((secret) => said.includes(secret)))
    faults.push("the refusal repeats a field that is debug_redact");
  return faults;
}

/** What holds for every status, that of a call and one within an answer. */
function reasonFaults(status: StatusDetails & { code: number; unreadable: boolean }): readonly string[] {
  const { code, reason, domain, retryAfterMs, violations = [] } = status;
  const faults: string[] = [];
  if (status.unreadable) faults.push("the details of the status cannot be read");
  if (reason === undefined) return [...faults, `${Code[code] ?? code} carries no google.rpc.ErrorInfo`];
  if (domain !== ERROR_DOMAIN) faults.push(`the reason's domain is "${domain}", not "${ERROR_DOMAIN}"`);
  const known = reasonNamed(reason);
  if (known === undefined) return [...faults, `"${reason}" is not a reason of the contract`];
  const rule = ruleOf(known);
  if (rule.code !== code) faults.push(`${reason} came with ${Code[code] ?? code}`);
  if (rule.retryAfterMs !== retryAfterMs)
    faults.push(`${reason} came with ${retryOf(retryAfterMs)}, not ${retryOf(rule.retryAfterMs)}`);
  if (reason === "VALIDATION_FAILED" && violations.length === 0) {
    faults.push("VALIDATION_FAILED names no field (google.rpc.BadRequest)");
  }
  return faults;
}

function retryOf(ms: number | undefined): string {
  return ms === undefined ? "no google.rpc.RetryInfo" : `google.rpc.RetryInfo of ${ms} ms`;
}

/**
 * What holds for every message of an answer: times are whole milliseconds, what is input only is not there, and a status
 * carries a reason of the contract with its code. A line for each breach.
 */
export function answerFaults(method: DescMethod, bytes: Uint8Array): readonly string[] {
  return [...faultsWithin(reflect(method.output, fromBinary(method.output, bytes)), "")];
}

function* faultsWithin(message: ReflectMessage, above: string): Iterable<string> {
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    const path = above === "" ? field.name : `${above}.${field.name}`;
    if (has(field, FieldBehavior.INPUT_ONLY)) yield `${path} is input only`;
    if (field.fieldKind === "message") yield* faultsOf(message.get(field), path);
    if (field.fieldKind === "list" && field.listKind === "message") {
      for (const entry of message.get(field)) yield* faultsOf(entry as ReflectMessage, `${path}[]`);
    }
  }
}

function* faultsOf(message: ReflectMessage, path: string): Iterable<string> {
  if (isMessage(message.message, TimestampSchema)) {
    if (message.message.nanos % 1_000_000 !== 0) yield `${path} is not a whole millisecond`;
  } else if (isMessage(message.message, StatusSchema)) {
    const { code, details } = message.message;
    for (const fault of reasonFaults({ ...readDetails(details), code })) yield `${path}: ${fault}`;
  } else yield* faultsWithin(message, path);
}

/** Values of the fields of a request with debug_redact, which must not be repeated anywhere. */
export function secretsOf(schema: DescMessage, bytes: Uint8Array): readonly string[] {
  return [...secretValues(reflect(schema, fromBinary(schema, bytes)))].filter((value) => value.length > 3);
}

function* secretValues(message: ReflectMessage): Iterable<string> {
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    if (field.fieldKind === "message") yield* secretValues(message.get(field));
    else if (isRedacted(field)) yield String(message.get(field));
  }
}

import { type DescMessage, type DescMethod, fromBinary, isMessage } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import { ERROR_DOMAIN, findPolicy, isRedacted, reasonNamed, ruleOf } from "@theseus/kit/contract";
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
  const faults: string[] = [];
  const { reason } = refusal;
  if (refusal.unreadable) faults.push("grpc-status-details-bin cannot be read");
  if (reason === undefined) return [...faults, `${refusal.status} carries no google.rpc.ErrorInfo`];
  if (refusal.domain !== ERROR_DOMAIN)
    faults.push(`the reason's domain is "${refusal.domain}", not "${ERROR_DOMAIN}"`);
  const known = reasonNamed(reason);
  if (known === undefined) return [...faults, `"${reason}" is not a reason of the contract`];
  const rule = ruleOf(known);
  if (!rule.common && findPolicy(method)?.declares(known) !== true)
    faults.push(`${method.name} does not declare ${reason}`);
  if (rule.code !== refusal.code) faults.push(`${reason} came with ${refusal.status}`);
  if (rule.retryAfterMs !== refusal.retryAfterMs)
    faults.push(`${reason} came with ${retryOf(refusal.retryAfterMs)}, not ${retryOf(rule.retryAfterMs)}`);
  if (reason === "VALIDATION_FAILED" && refusal.violations.length === 0) {
    faults.push("VALIDATION_FAILED names no field (google.rpc.BadRequest)");
  }
  const said = JSON.stringify([refusal.message, refusal.metadata, refusal.violations]);
  if (secrets.some((secret) => said.includes(secret)))
    faults.push("the refusal repeats a field that is debug_redact");
  return faults;
}

function retryOf(ms: number | undefined): string {
  return ms === undefined ? "no google.rpc.RetryInfo" : `google.rpc.RetryInfo of ${ms} ms`;
}

/** What holds for every message of an answer: times are whole milliseconds. A line for each breach. */
export function answerFaults(method: DescMethod, bytes: Uint8Array): readonly string[] {
  return [...brokenTimes(reflect(method.output, fromBinary(method.output, bytes)), "")];
}

function* brokenTimes(message: ReflectMessage, above: string): Iterable<string> {
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    const path = above === "" ? field.name : `${above}.${field.name}`;
    if (field.fieldKind === "message") yield* brokenTime(message.get(field), path);
    if (field.fieldKind === "list" && field.listKind === "message") {
      for (const entry of message.get(field)) yield* brokenTime(entry as ReflectMessage, `${path}[]`);
    }
  }
}

function* brokenTime(message: ReflectMessage, path: string): Iterable<string> {
  if (!isMessage(message.message, TimestampSchema)) yield* brokenTimes(message, path);
  else if (message.message.nanos % 1_000_000 !== 0) yield `${path} is not a whole millisecond`;
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

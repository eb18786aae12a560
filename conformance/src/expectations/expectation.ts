import type { Fields, Value } from "../cases/value.js";
import type { Scope } from "./scope.js";
import { verifiedToken } from "./token.js";

const OUTPUT_ONLY_TIMES = new Set(["update_time", "change_time"]);

/**
 * What is wrong with `actual` (ProtoJSON with proto names, implicit fields present), a line each; binds what the
 * expectation names. Nothing is bound when something is wrong.
 */
export function mismatches(expected: Value, actual: unknown, scope: Scope, path = ""): readonly string[] {
  const faults: string[] = [];
  const bindings: (readonly [string, Value])[] = [];
  compare(scope.fill(expected), actual, path, { scope, faults, bindings });
  if (faults.length === 0) for (const [name, value] of bindings) scope.bind(name, value);
  return faults;
}

interface Comparison {
  readonly scope: Scope;
  readonly faults: string[];
  readonly bindings: (readonly [string, Value])[];
}

function compare(expected: Value, actual: unknown, path: string, to: Comparison): void {
  if (Array.isArray(expected)) compareList(expected, actual, path, to);
  else if (isFields(expected)) {
    const special = Object.keys(expected).some((key) => key.startsWith("$") && key !== "$only");
    if (special) compareSpecial(expected, actual, path, to);
    else compareFields(expected, actual, path, to);
  } else if (!isSame(expected, actual)) {
    to.faults.push(`${path || "it"} is ${show(actual)}, not ${show(expected)}`);
  }
}

function isFields(value: Value): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function compareFields(expected: Fields, actual: unknown, path: string, to: Comparison): void {
  if (actual === null || typeof actual !== "object" || Array.isArray(actual)) {
    to.faults.push(`${path || "it"} is ${show(actual)}, not a message`);
    return;
  }
  const fields = actual as Record<string, unknown>;
  for (const [key, value] of Object.entries(expected)) {
    if (key !== "$only") compare(value, fields[key], path === "" ? key : `${path}.${key}`, to);
  }
  if (expected.$only !== true) return;
  for (const key of Object.keys(fields)) {
    if (!(key in expected))
      to.faults.push(`${path === "" ? key : `${path}.${key}`} is there: ${show(fields[key])}`);
  }
}

function compareList(expected: readonly Value[], actual: unknown, path: string, to: Comparison): void {
  if (!Array.isArray(actual)) {
    to.faults.push(`${path || "it"} is ${show(actual)}, not a list`);
    return;
  }
  if (actual.length !== expected.length) {
    to.faults.push(`${path || "it"} has ${actual.length} entries, not ${expected.length}: ${show(actual)}`);
    return;
  }
  for (const [index, value] of expected.entries()) compare(value, actual[index], `${path}[${index}]`, to);
}

function compareSpecial(rules: Fields, actual: unknown, path: string, to: Comparison): void {
  const fault = (what: string) => to.faults.push(`${path || "it"} is ${show(actual)}, ${what}`);
  for (const [rule, wanted] of Object.entries(rules)) {
    switch (rule) {
      case "$absent":
        if ((actual === undefined) !== (wanted === true)) fault(wanted === true ? "not absent" : "absent");
        break;
      case "$any":
        if (actual === undefined) fault("absent");
        break;
      case "$matches":
        if (typeof actual !== "string" || !new RegExp(String(wanted), "u").test(actual))
          fault(`does not match ${wanted}`);
        break;
      case "$bind":
        if (actual === undefined) fault("absent and cannot be bound");
        else to.bindings.push([String(wanted), actual as Value]);
        break;
      case "$same":
        compareSame(to.scope.saved(String(wanted)), actual, path, to);
        break;
      case "$gt":
      case "$gte":
      case "$lt":
      case "$lte":
        if (!isOrdered(rule, actual, wanted)) fault(`not ${rule.slice(1)} ${show(wanted)}`);
        break;
      case "$jwt":
        compareToken(wanted as Fields, actual, path, to);
        break;
      case "$near":
        if (!isNear(actual, String(wanted), String(rules.within ?? "5s"))) fault(`not near ${wanted}`);
        break;
      case "$not":
        if (isMatch(wanted, actual, to.scope)) fault(`which it must not be: ${show(wanted)}`);
        break;
      case "$each":
        if (!Array.isArray(actual)) fault("not a list");
        else for (const [index, entry] of actual.entries()) compare(wanted, entry, `${path}[${index}]`, to);
        break;
      case "$contains":
        for (const entry of wanted as readonly Value[]) {
          const found =
            Array.isArray(actual) && actual.some((candidate) => isMatch(entry, candidate, to.scope));
          if (!found) fault(`without ${show(entry)}`);
        }
        break;
      case "$set":
        compareSet(wanted as readonly Value[], actual, path, to);
        break;
      case "$sorted":
        if (!isSorted(actual, String(wanted))) fault(`not in the order of ${wanted}`);
        break;
      case "$length":
        if (!Array.isArray(actual) || actual.length !== Number(wanted)) fault(`not of length ${wanted}`);
        break;
      case "within":
        break;
      default:
        // Beside operators for the whole message its fields may be named.
        if (rule.startsWith("$")) throw new Error(`${rule} is not a way to expect something`);
        compareFields({ [rule]: wanted }, actual, path, to);
    }
  }
}

function compareSet(wanted: readonly Value[], actual: unknown, path: string, to: Comparison): void {
  const left = Array.isArray(actual) ? [...actual] : [];
  for (const entry of wanted) {
    const at = left.findIndex((candidate) => isMatch(entry, candidate, to.scope));
    if (at < 0) to.faults.push(`${path || "it"} is ${show(actual)}, without ${show(entry)}`);
    else left.splice(at, 1);
  }
  if (left.length > 0) to.faults.push(`${path || "it"} also has ${show(left)}`);
}

// The saved answer again, apart from the times that change whenever something does.
function compareSame(saved: Value, actual: unknown, path: string, to: Comparison): void {
  const [was, is] = [withoutTimes(saved), withoutTimes(actual as Value)];
  if (show(was) !== show(is)) to.faults.push(`${path || "it"} is ${show(is)}, not as before ${show(was)}`);
}

function withoutTimes(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([key]) => !OUTPUT_ONLY_TIMES.has(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutTimes(inner)]));
}

/** Whether a list of messages is in the order of the bytes of a field. */
function isSorted(list: unknown, field: string): boolean {
  if (!Array.isArray(list)) return false;
  const values = list.map((entry: Fields) => Buffer.from(String(entry[field])));
  return values.every(
    (value, index) => index === 0 || Buffer.compare(values[index - 1] as Buffer, value) < 0,
  );
}

function isMatch(expected: Value, actual: unknown, scope: Scope): boolean {
  const faults: string[] = [];
  compare(expected, actual, "", { scope, faults, bindings: [] });
  return faults.length === 0;
}

/** 64-bit integers are texts in JSON: equal when they are the same digits. */
function isSame(expected: Value, actual: unknown): boolean {
  if (typeof expected === "number" && typeof actual === "string") return String(expected) === actual;
  return expected === actual || (expected === null && actual === undefined);
}

function isOrdered(rule: string, actual: unknown, wanted: Value): boolean {
  if (typeof actual !== "string" && typeof actual !== "number") return false;
  const areNumbers = typeof actual === "number" && typeof wanted === "number";
  const order = areNumbers ? actual - wanted : compareScalars(String(actual), String(wanted));
  return { $gt: order > 0, $gte: order >= 0, $lt: order < 0, $lte: order <= 0 }[rule] ?? false;
}

function compareScalars(a: string, b: string): number {
  const times = [Date.parse(a), Date.parse(b)] as const;
  if (a.includes("T") && !times.some(Number.isNaN)) return times[0] - times[1];
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `{keys: name of a saved JsonWebKeySet, header, claims}`: signed with one of these keys (ES256), and says that. */
function compareToken(wanted: Fields, actual: unknown, path: string, to: Comparison): void {
  const { keys } = to.scope.saved(String(wanted.keys)) as Fields;
  const token = verifiedToken(String(actual), keys as readonly Fields[]);
  if (token === undefined) to.faults.push(`${path || "it"} is not a token that one of the keys verifies`);
  else
    for (const part of ["header", "claims"] as const)
      compare(wanted[part] ?? {}, token[part], `${path} ${part}`, to);
}

/** `wanted` is `now` or a time, with seconds added or not (`now+900s`); `actual` a time, or seconds since 1970. */
function isNear(actual: unknown, wanted: string, within: string): boolean {
  const [, base = wanted, offset = "0"] = /^(.*?)(?:([+-]\d+)s)?$/.exec(wanted) ?? [];
  const at = (base === "now" ? Date.now() : Date.parse(base)) + Number(offset) * 1000;
  const time = typeof actual === "number" ? actual * 1000 : Date.parse(String(actual));
  return Math.abs(time - at) <= toMs(within);
}

/** `250ms`, `5s`. */
export function toMs(duration: string): number {
  const [, amount, unit] = /^(\d+)(ms|s)$/.exec(duration) ?? [];
  if (amount === undefined) throw new Error(`"${duration}" is not a duration such as 250ms or 5s`);
  return Number(amount) * (unit === "s" ? 1000 : 1);
}

export function show(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}

import type { DescMethod } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import type { PolicyRule } from "@theseus/contract/es/theseus/mesh/v1/policy_overlay_pb.js";
import { findPolicy, type Rate, type Way } from "@theseus/kit/contract";
import { bySpecificity, selects } from "./selector.js";

/** What is said about calling a method, by its contract or by a rule. Absent: nothing. */
export interface Limits {
  readonly timeoutMs?: number;
  /** Empty: nobody may call. */
  readonly allow?: readonly Way[];
  readonly rate?: Rate;
  readonly maxRequestBytes?: number;
}

/** `shop.v1.Orders.GetOrder`: what selectors select by. */
export function fullName(method: DescMethod): string {
  return `${method.parent.typeName}.${method.name}`;
}

/** What the contract says. */
export function contractLimits(method: DescMethod): Limits {
  const policy = findPolicy(method);
  if (policy === undefined) return {};
  const { timeoutMs, allow, rate, maxRequestBytes } = policy;
  return { timeoutMs, allow, ...(rate && { rate }), maxRequestBytes };
}

/** What a rule says. To forbid is to allow nobody. */
export function ruleLimits({ policy, forbid }: PolicyRule): Limits {
  const { timeout, allow = [], rate, maxRequestBytes = 0 } = policy ?? {};
  return {
    ...(timeout && { timeoutMs: durationMs(timeout) }),
    ...(allow.length > 0 && { allow: allow.map(({ caller, auth }) => ({ caller, auth })) }),
    ...(forbid && { allow: [] }),
    ...(rate && { rate: { requestsPerSecond: rate.requestsPerSecond, burst: rate.burst } }),
    ...(maxRequestBytes > 0 && { maxRequestBytes }),
  };
}

/** What holds for a method: the contract, and over it the rules that select it, the longest selector's last. */
export function limitsInForce(method: DescMethod, rules: readonly PolicyRule[]): Limits {
  const said = rulesFor(method, rules)
    .sort((a, b) => bySpecificity(a.selector, b.selector))
    .map(ruleLimits);
  return Object.assign({}, contractLimits(method), ...said);
}

/**
 * The workloads that know the way to a method: those that the contract lets in, or without a contract the rules. Who of
 * them is shut out by a rule still gets there, to be told so.
 */
export function callersOfMethod(method: DescMethod, rules: readonly PolicyRule[]): readonly string[] {
  const ways =
    contractLimits(method).allow ?? rulesFor(method, rules).flatMap((rule) => ruleLimits(rule).allow ?? []);
  return [...new Set(ways.map(({ caller }) => caller))];
}

function rulesFor(method: DescMethod, rules: readonly PolicyRule[]): PolicyRule[] {
  return rules.filter(({ selector }) => selects(selector, fullName(method)));
}

import { create, type DescMethod, type DescService, getOption, hasOption } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import {
  Auth,
  errors,
  type Policy,
  PolicySchema,
  policy,
  service_policy,
} from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { Scope } from "@theseus/contract/es/theseus/quota/v1/quota_pb.js";
import { ContractError, importsFile } from "./descriptor-set.js";
import { type Quota, quotasOf } from "./quota.js";
import { readOnce } from "./read-once.js";
import { ErrorReason, ruleOf } from "./reason-rule.js";

export { Auth };

/** One way in: a workload and what the end user's token must say. */
export interface Way {
  readonly caller: string;
  readonly auth: Auth;
}

/** A token bucket in front of a method. */
export interface Rate {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/**
 * What the contract says about calling a method: the options of `theseus.mesh.v1`, those of the method over those of its
 * service.
 */
export interface MethodPolicy {
  /** The longest that a call may take. */
  readonly timeoutMs: number;
  readonly allow: readonly Way[];
  /** Absent: no limit. */
  readonly rate?: Rate;
  /** Largest request in bytes of Protobuf; for a stream, of each message. */
  readonly maxRequestBytes: number;
  /** Reasons that the method declares, besides the common ones. */
  readonly reasons: readonly ErrorReason[];
  /** True for a reason that the method declares, or that every method may answer. */
  mayAnswer(reason: ErrorReason): boolean;
  /** True for a reason that the method declares. */
  declares(reason: ErrorReason): boolean;
}

/**
 * The policy of a method.
 * @throws ContractError naming every fault: the contract may never be silent about a limit
 */
export function policyOf(method: DescMethod): MethodPolicy {
  const faults = policyFaults(method);
  if (faults.length > 0) throw new ContractError(faults);
  return readPolicy(method, resolvePolicy(method));
}

/** The policy of a method of any contract; undefined where neither it nor its service has one. */
export const findPolicy = readOnce((method: DescMethod): MethodPolicy | undefined =>
  hasPolicy(method) ? readPolicy(method, resolvePolicy(method)) : undefined,
);

/** What is wrong with the options of a method, each line beginning with its name. */
export function policyFaults(method: DescMethod): readonly string[] {
  const name = `${method.parent.typeName}.${method.name}`;
  const reasons = declaredReasons(method);
  const faults = hasPolicy(method) ? valueFaults(resolvePolicy(method)) : ["has no policy"];
  return [...faults, ...reasonFaults(reasons), ...quotaFaults(quotasOf(method), reasons)].map(
    (fault) => `${name}: ${fault}`,
  );
}

/**
 * True for a method of a contract that has these options. Those of another contract with the same numbers are told from
 * them by what the method's file imports.
 */
export function usesPolicies({ parent }: DescMethod): boolean {
  return importsFile(parent.file, policy.file);
}

/** The options of a method over those of its service: an empty policy where both are silent. */
export function resolvePolicy(method: DescMethod): Policy {
  if (!hasPolicy(method)) return create(PolicySchema);
  const own = getOption(method, policy);
  const shared = getOption(method.parent, service_policy);
  const timeout = own.timeout ?? shared.timeout;
  const rate = own.rate ?? shared.rate;
  const onlyCaller = onlyCallerOf(method.parent);
  const ways = own.allow.length > 0 ? own.allow : shared.allow;
  return create(PolicySchema, {
    ...(timeout && { timeout }),
    ...(rate && { rate }),
    maxRequestBytes: own.maxRequestBytes || shared.maxRequestBytes,
    allow: ways.map(({ caller, auth }) => ({ caller: caller || onlyCaller, auth })),
  });
}

/** A field of a policy, as the contract spells it. */
export type PolicyField = "timeout" | "allow" | "rate" | "max_request_bytes";

/** Which option says a field of a method's policy: its own, or its service's. Undefined where neither does. */
export function optionOf(method: DescMethod, field: PolicyField): "policy" | "service_policy" | undefined {
  if (!hasPolicy(method)) return undefined;
  if (says(getOption(method, policy), field)) return "policy";
  return says(getOption(method.parent, service_policy), field) ? "service_policy" : undefined;
}

function says({ timeout, allow, rate, maxRequestBytes }: Policy, field: PolicyField): boolean {
  switch (field) {
    case "timeout":
      return timeout !== undefined;
    case "allow":
      return allow.length > 0;
    case "rate":
      return rate !== undefined;
    case "max_request_bytes":
      return maxRequestBytes > 0;
    default:
      return field satisfies never;
  }
}

/** The one caller that a service's policy names; an empty text when it names none, or more than one. */
function onlyCallerOf(service: DescService): string {
  const [first = "", ...others] = new Set(
    getOption(service, service_policy).allow.map(({ caller }) => caller),
  );
  return others.length === 0 ? first : "";
}

function hasPolicy(method: DescMethod): boolean {
  return usesPolicies(method) && (hasOption(method, policy) || hasOption(method.parent, service_policy));
}

function declaredReasons(method: DescMethod): readonly ErrorReason[] {
  return usesPolicies(method) ? getOption(method, errors) : [];
}

function readPolicy(method: DescMethod, { timeout, allow, rate, maxRequestBytes }: Policy): MethodPolicy {
  const reasons = declaredReasons(method);
  const declared: ReadonlySet<ErrorReason> = new Set(reasons);
  return {
    timeoutMs: timeout ? durationMs(timeout) : 0,
    allow: allow.map(({ caller, auth }) => ({ caller, auth })),
    ...(rate && { rate: { requestsPerSecond: rate.requestsPerSecond, burst: rate.burst } }),
    maxRequestBytes,
    reasons,
    mayAnswer: (reason) => ruleOf(reason).common || declared.has(reason),
    declares: (reason) => declared.has(reason),
  };
}

function valueFaults({ timeout, allow, rate, maxRequestBytes }: Policy): readonly string[] {
  return [
    ...found([
      [timeout === undefined || durationMs(timeout) <= 0, "has no timeout"],
      [maxRequestBytes === 0, "has no max_request_bytes"],
    ]),
    ...(rate ? rateFaults(rate) : []),
    ...found([[allow.length === 0, "allows no caller"]]),
    ...allow
      .filter(({ caller }) => caller === "")
      .map(() => "allows a caller without a name, and its service names no single one"),
    ...wayFaults(allow),
  ];
}

/** What is wrong with a rate by itself. */
export function rateFaults({ requestsPerSecond, burst }: Rate): readonly string[] {
  return found([
    [requestsPerSecond === 0, "rate lets no call through"],
    [burst < requestsPerSecond, "rate's burst is below requests_per_second"],
  ]);
}

/** What is wrong with a list of ways in by itself. */
export function wayFaults(allow: readonly Way[]): readonly string[] {
  const ways = allow.map(showWay);
  return allow.flatMap(({ caller, auth }, index) =>
    found([
      [auth === Auth.UNSPECIFIED, `does not say what a call of "${caller}" must prove`],
      [Auth[auth] === undefined, `asks "${caller}" for the unknown proof ${auth}`],
      [ways.indexOf(ways[index] ?? "") !== index, `allows "${ways[index]}" twice`],
    ]),
  );
}

/** `gateway USER`: a way in, for people. */
export function showWay({ caller, auth }: Way): string {
  return `${caller} ${Auth[auth] ?? auth}`;
}

function reasonFaults(reasons: readonly ErrorReason[]): readonly string[] {
  return reasons.flatMap((reason, index) =>
    found([
      [reason === ErrorReason.ERROR_REASON_UNSPECIFIED, "declares an unspecified error"],
      [ErrorReason[reason] === undefined, `declares the unknown error ${reason}`],
      [reasons.indexOf(reason) !== index, `declares ${ErrorReason[reason] ?? reason} twice`],
    ]),
  );
}

function quotaFaults(declared: readonly Quota[], reasons: readonly ErrorReason[]): readonly string[] {
  const names = declared.map(({ name }) => name);
  return [
    ...found([
      [
        declared.length > 0 && !reasons.includes(ErrorReason.QUOTA_EXCEEDED),
        "has quotas and does not declare QUOTA_EXCEEDED",
      ],
      [
        declared.length === 0 && reasons.includes(ErrorReason.QUOTA_EXCEEDED),
        "declares QUOTA_EXCEEDED and has no quota",
      ],
    ]),
    ...declared.flatMap(({ name, scope, limit, windowMs }, index) =>
      found([
        [name === "", "has a quota without a name"],
        [names.indexOf(name) !== index, `has the quota "${name}" twice`],
        [scope === Scope.UNSPECIFIED || Scope[scope] === undefined, `quota "${name}" does not say whose`],
        [limit < 1n, `quota "${name}" lets nothing through`],
        [windowMs !== undefined && windowMs <= 0, `quota "${name}" has an empty window`],
      ]),
    ),
  ];
}

function found(checks: readonly (readonly [boolean, string])[]): readonly string[] {
  return checks.filter(([isFault]) => isFault).map(([, fault]) => fault);
}

import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import {
  type Allow,
  Auth,
  errors,
  type Policy,
  policy,
} from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { ContractError } from "./descriptor-set.js";
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

/** What the contract says about calling a method: the options of `theseus.mesh.v1`. */
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
  return readPolicy(method);
}

/** The policy of a method of any contract; undefined where that does not use these options. */
export function findPolicy(method: DescMethod): MethodPolicy | undefined {
  return hasOption(method, policy) ? readPolicy(method) : undefined;
}

/** What is wrong with the options of a method, each line beginning with its name. */
export function policyFaults(method: DescMethod): readonly string[] {
  const name = `${method.parent.typeName}.${method.name}`;
  const faults = hasOption(method, policy)
    ? [...limitFaults(getOption(method, policy)), ...allowFaults(getOption(method, policy).allow)]
    : ["has no policy"];
  return [...faults, ...reasonFaults(getOption(method, errors))].map((fault) => `${name}: ${fault}`);
}

function readPolicy(method: DescMethod): MethodPolicy {
  const { timeout, allow, rate, maxRequestBytes } = getOption(method, policy);
  const reasons = getOption(method, errors);
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

function limitFaults({ timeout, rate, maxRequestBytes }: Policy): readonly string[] {
  return found([
    [timeout === undefined || durationMs(timeout) <= 0, "has no timeout"],
    [maxRequestBytes === 0, "has no max_request_bytes"],
    [rate?.requestsPerSecond === 0, "rate lets no call through"],
    [rate !== undefined && rate.burst < rate.requestsPerSecond, "rate's burst is below requests_per_second"],
  ]);
}

function allowFaults(allow: readonly Allow[]): readonly string[] {
  const ways = allow.map(({ caller, auth }) => `${caller} ${Auth[auth]}`);
  return [
    ...found([[allow.length === 0, "allows no caller"]]),
    ...allow.flatMap(({ caller, auth }, index) =>
      found([
        [auth === Auth.UNSPECIFIED, `does not say what a call of "${caller}" must prove`],
        [Auth[auth] === undefined, `asks "${caller}" for the unknown proof ${auth}`],
        [ways.indexOf(ways[index] ?? "") !== index, `allows "${ways[index]}" twice`],
      ]),
    ),
  ];
}

function reasonFaults(reasons: readonly ErrorReason[]): readonly string[] {
  return reasons.flatMap((reason, index) =>
    found([
      [reason === ErrorReason.ERROR_REASON_UNSPECIFIED, "declares an unspecified error"],
      [ErrorReason[reason] === undefined, `declares the unknown error ${reason}`],
      [reasons.indexOf(reason) !== index, `declares ${ErrorReason[reason]} twice`],
    ]),
  );
}

function found(checks: readonly (readonly [boolean, string])[]): readonly string[] {
  return checks.filter(([isFault]) => isFault).map(([, fault]) => fault);
}

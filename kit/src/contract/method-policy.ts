import { type DescMethod, getOption } from "@bufbuild/protobuf";
import { Auth, errors, policy } from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { type ErrorReason, ruleOf } from "./reason-rule.js";

export { Auth };

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_REQUEST_BYTES = 4 * 1024 * 1024;

/** One way in: a workload and what the end user's token must say. */
export interface Allow {
  readonly caller: string;
  readonly auth: Auth;
}

/** What the contract says about calling a method. */
export interface MethodPolicy {
  readonly timeoutMs: number;
  readonly allow: readonly Allow[];
  /** For a stream: of each message. */
  readonly maxRequestBytes: number;
  /** True for a reason that the method declares, or that every method may answer. */
  mayAnswer(reason: ErrorReason): boolean;
  /** True for a reason that the method declares. */
  declares(reason: ErrorReason): boolean;
}

/** The policy of a method from its options. Where the contract is silent: 10 s, 4 MiB, and nobody may call. */
export function policyOf(method: DescMethod): MethodPolicy {
  const { timeout, allow, maxRequestBytes } = getOption(method, policy);
  const declared: ReadonlySet<ErrorReason> = new Set(getOption(method, errors));
  return {
    timeoutMs: timeout ? Number(timeout.seconds) * 1000 + timeout.nanos / 1e6 : DEFAULT_TIMEOUT_MS,
    allow: allow.map(({ caller, auth }) => ({ caller, auth })),
    maxRequestBytes: maxRequestBytes || DEFAULT_MAX_REQUEST_BYTES,
    mayAnswer: (reason) => ruleOf(reason).common || declared.has(reason),
    declares: (reason) => declared.has(reason),
  };
}

import { type DescEnumValue, getOption } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { status as Code } from "@grpc/grpc-js";
import { ErrorReason, ErrorReasonSchema } from "@theseus/contract/es/theseus/error/v1/error_reason_pb.js";
import { rule } from "@theseus/contract/es/theseus/error/v1/reason_rule_pb.js";

export { Code, ErrorReason };

/** What the contract says about a reason. */
export interface ReasonRule {
  /** The status code that always goes with it. */
  readonly code: Code;
  /** True when every method may answer it undeclared. */
  readonly common: boolean;
  /** How long a caller should wait before the same call, in ms; absent when repeating does not help. */
  readonly retryAfterMs: number | undefined;
}

/** What a contract says of one value of its ErrorReason; undefined for a value without a rule or a status code. */
export function readReasonRule(value: DescEnumValue): ReasonRule | undefined {
  const { code, common, retryAfter } = getOption(value, rule);
  if (code === 0) return undefined;
  return { code: code as number as Code, common, retryAfterMs: retryAfter && durationMs(retryAfter) };
}

const rules: ReadonlyMap<ErrorReason, ReasonRule | undefined> = new Map(
  ErrorReasonSchema.values.map((value) => [value.number, readReasonRule(value)]),
);

const INTERNAL: ReasonRule = { code: Code.INTERNAL, common: true, retryAfterMs: undefined };

/** The contract's rule for a reason; a reason without one counts as INTERNAL. */
export function ruleOf(reason: ErrorReason): ReasonRule {
  return rules.get(reason) ?? INTERNAL;
}

/** `EMAIL_TAKEN`: a reason as `google.rpc.ErrorInfo.reason` has it. */
export function reasonName(reason: ErrorReason): string {
  return ErrorReasonSchema.value[reason]?.name ?? "INTERNAL";
}

/** The reason with a name, or undefined when this contract does not know it. */
export function reasonNamed(name: string): ErrorReason | undefined {
  return ErrorReasonSchema.values.find((value) => value.name === name && value.number !== 0)?.number;
}

/** The reason to assume for a status that came without one, for example from a proxy in between. */
export function reasonOfCode(code: Code): ErrorReason {
  switch (code) {
    case Code.CANCELLED:
      return ErrorReason.CANCELLED;
    case Code.INVALID_ARGUMENT:
      return ErrorReason.VALIDATION_FAILED;
    case Code.DEADLINE_EXCEEDED:
      return ErrorReason.DEADLINE_EXCEEDED;
    case Code.PERMISSION_DENIED:
      return ErrorReason.CALLER_DENIED;
    case Code.RESOURCE_EXHAUSTED:
      return ErrorReason.RATE_LIMITED;
    case Code.UNIMPLEMENTED:
      return ErrorReason.UNIMPLEMENTED;
    case Code.UNAVAILABLE:
      return ErrorReason.SERVICE_UNAVAILABLE;
    case Code.UNAUTHENTICATED:
      return ErrorReason.TOKEN_INVALID;
    default:
      return ErrorReason.INTERNAL;
  }
}

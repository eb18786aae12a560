import type { DescEnumValue } from "@bufbuild/protobuf";
import { ErrorReasonSchema } from "@theseus/contract/es/theseus/error/v1/error_reason_pb.js";
import { type Contract, readReasonRule } from "@theseus/kit/contract";
import type { ReasonPolicy } from "./mesh-policy.js";

/** Every reason that has a status code, and what goes with it. */
export function compileReasons(contract: Contract): readonly ReasonPolicy[] {
  return reasonValues(contract).flatMap((value) => {
    const rule = readReasonRule(value);
    if (rule === undefined) return [];
    const { code, common, retryAfterMs } = rule;
    return [{ reason: value.name, code, common, ...(retryAfterMs !== undefined && { retryAfterMs }) }];
  });
}

export function reasonFaults(contract: Contract): readonly string[] {
  return reasonValues(contract)
    .filter((value) => readReasonRule(value) === undefined)
    .map(({ name }) => `${ErrorReasonSchema.typeName}.${name}: has no status code`);
}

/**
 * Those of the descriptor set that was given, which may be newer than the code that is generated. A contract that knows
 * none of them still gets those with which a sidecar refuses.
 */
function reasonValues({ registry }: Contract): readonly DescEnumValue[] {
  const { values } = registry.getEnum(ErrorReasonSchema.typeName) ?? ErrorReasonSchema;
  return values.filter(({ number }) => number !== 0);
}

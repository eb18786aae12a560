import { type FileRegistry, getOption, hasOption } from "@bufbuild/protobuf";
import { ErrorReasonSchema } from "@theseus/contract/es/theseus/error/v1/error_reason_pb.js";
import { rule } from "@theseus/contract/es/theseus/error/v1/reason_rule_pb.js";
import { toMilliseconds } from "./duration.js";
import type { ReasonRule } from "./mesh-policy.js";

/** Every reason of the contract and what goes with it. */
export function compileReasons(registry: FileRegistry): readonly ReasonRule[] {
  return reasonValues(registry).map((value) => {
    const { code, common, retryAfter } = getOption(value, rule);
    return {
      reason: value.name,
      code,
      common,
      ...(retryAfter && { retryAfterMs: toMilliseconds(retryAfter) }),
    };
  });
}

export function reasonFaults(registry: FileRegistry): readonly string[] {
  const values = reasonValues(registry);
  if (values.length === 0) return [`${ErrorReasonSchema.typeName}: not in the contract`];
  return values
    .filter((value) => !hasOption(value, rule) || getOption(value, rule).code === 0)
    .map(({ name }) => `${ErrorReasonSchema.typeName}.${name}: has no status code`);
}

function reasonValues(registry: FileRegistry) {
  const values = registry.getEnum(ErrorReasonSchema.typeName)?.values ?? [];
  return values.filter(({ number }) => number !== 0);
}

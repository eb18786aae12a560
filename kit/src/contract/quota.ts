import { type DescMethod, getOption } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { quotas, type Scope } from "@theseus/contract/es/theseus/quota/v1/quota_pb.js";
import { importsFile } from "./descriptor-set.js";
import { readOnce } from "./read-once.js";

/** How much of something one party may have: an option of `theseus.quota.v1`. */
export interface Quota {
  /** What is counted, as in the metadata `quota` of QUOTA_EXCEEDED. */
  readonly name: string;
  /** Whose use is counted. */
  readonly scope: Scope;
  /** The most of it; what would make it more is refused. */
  readonly limit: bigint;
  /** How far back is counted. Absent: what there is now. */
  readonly windowMs?: number;
}

/**
 * The quotas that a call of a method uses up, in the contract's order.
 * @example
 * quotasOf(ShelfService.method.createLoan).map(({ name }) => name); // ["open_loans"]
 */
export const quotasOf = readOnce((method: DescMethod): readonly Quota[] => {
  if (!importsFile(method.parent.file, quotas.file)) return [];
  return getOption(method, quotas).map(({ name, scope, limit, window }) => ({
    name,
    scope,
    limit,
    ...(window && { windowMs: durationMs(window) }),
  }));
});

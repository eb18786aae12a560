import type { DescEnum, Registry } from "@bufbuild/protobuf";

/** The enum of all reasons, where the contract is one that has it. */
export function reasonsOf(contract: Registry): DescEnum | undefined {
  return contract.getEnum("theseus.error.v1.ErrorReason");
}

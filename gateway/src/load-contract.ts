import { readFileSync } from "node:fs";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { type Contract, parseContract } from "@theseus/kit/contract";

/**
 * The contract in a file with a google.protobuf.FileDescriptorSet and all that it imports; without a path, this shop's
 * own. Throws ContractError when the file is none.
 */
export function loadContract(path?: string): Contract {
  return parseContract(path === undefined ? descriptorSetBytes() : readFileSync(path));
}

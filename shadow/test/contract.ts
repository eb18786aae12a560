import type { DescMethod } from "@bufbuild/protobuf";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { parseContract } from "@theseus/kit/contract";

export const contract = parseContract(descriptorSetBytes());

/** A method by its path without the package's prefix: `inventory.v1.InventoryService/GetItem`. */
export function methodNamed(path: string): DescMethod {
  const method = contract.methods.get(`/theseus.${path}`);
  if (method === undefined) throw new Error(`the contract has no ${path}`);
  return method;
}

import { readFileSync } from "node:fs";
import {
  createFileRegistry,
  type DescMethod,
  type DescService,
  type FileRegistry,
  fromBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";

/** What a gateway is told about the services behind it. */
export interface Contract {
  readonly registry: FileRegistry;
  readonly services: readonly DescService[];
}

/** A descriptor set that cannot be used. */
export class ContractError extends Error {
  override readonly name = "ContractError";
}

/** Reads a google.protobuf.FileDescriptorSet with all that it imports; without a path, this shop's own. */
export function loadContract(path?: string): Contract {
  return parseContract(path === undefined ? descriptorSetBytes() : readFileSync(path));
}

/** Throws ContractError when the bytes are no descriptor set or lack an import. */
export function parseContract(bytes: Uint8Array): Contract {
  try {
    const set = fromBinary(FileDescriptorSetSchema, bytes);
    const registry = createFileRegistry(set);
    const services = set.file.flatMap((file) => registry.getFile(file.name)?.services ?? []);
    return { registry, services };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ContractError(`not a FileDescriptorSet with all its imports: ${problem}`, { cause });
  }
}

/** The full path of a method, `/package.Service/Method`. */
export function rpcPath(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

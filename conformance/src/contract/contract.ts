import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { healthProtocol, reflectionProtocols } from "@theseus/kit";
import { type Contract, parseContract } from "@theseus/kit/contract";

/** The contract with gRPC's own protocols, which every implementation speaks too. */
export function loadContract(bytes: Uint8Array = descriptorSetBytes()): Contract {
  const set = fromBinary(FileDescriptorSetSchema, bytes);
  for (const { file } of [healthProtocol, ...reflectionProtocols])
    set.file.push(fromBinary(FileDescriptorProtoSchema, file));
  return parseContract(set);
}

/** Full name of the service that a short name such as `orders` stands for, by its package `theseus.orders.v1`. */
export function serviceName({ services }: Contract, service: string): string {
  const found = services.find(({ typeName }) => typeName.startsWith(`theseus.${service}.v1.`));
  if (found === undefined) throw new Error(`the contract has no service "${service}"`);
  return found.typeName;
}

import { clearExtension, fromBinary, setExtension, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { policy, service_policy } from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { parseContract, resolvePolicy } from "@theseus/kit/contract";
import { compilePolicy, type MeshPolicy, type MethodPolicy } from "../../src/policy/index.js";
import { ownerOf } from "../../src/topology.js";
import { topology } from "./topology.js";

/** The contract's policy, with some methods changed for a test. */
export function contractPolicy(changes: Readonly<Record<string, Partial<MethodPolicy>>> = {}): MeshPolicy {
  const compiled = compilePolicy(contractBytes(), topology);
  const methods = compiled.methods.map((method) => ({ ...method, ...changes[method.path] }));
  return { ...compiled, methods };
}

/** The part of the contract that the tests' topology serves, as a descriptor set; changed for a test. */
export function contractBytes(change: (set: FileDescriptorSet) => void = () => {}): Uint8Array {
  const set = fromBinary(FileDescriptorSetSchema, descriptorSetBytes());
  for (const file of set.file) {
    file.service = file.service.filter(({ name }) => ownerOf(topology, `${file.package}.${name}`));
  }
  change(set);
  return toBinary(FileDescriptorSetSchema, set);
}

/** Gives each method the whole of its policy as its own, so that no service's stands in for what a test takes away. */
export function spellOut(set: FileDescriptorSet): void {
  const { methods } = parseContract(toBinary(FileDescriptorSetSchema, set));
  for (const file of set.file) {
    for (const service of file.service) {
      if (service.options) clearExtension(service.options, service_policy);
      for (const method of service.method) {
        const found = methods.get(`/${file.package}.${service.name}/${method.name}`);
        if (found && method.options) setExtension(method.options, policy, resolvePolicy(found));
      }
    }
  }
}

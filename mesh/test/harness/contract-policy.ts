import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { compilePolicy, type MeshPolicy, type MethodPolicy } from "../../src/policy/index.js";
import { ownerOf } from "../../src/topology.js";
import { topology } from "./topology.js";

/** The contract's policy, with some methods changed for a test. */
export function contractPolicy(changes: Readonly<Record<string, Partial<MethodPolicy>>> = {}): MeshPolicy {
  const policy = compilePolicy(contractBytes(), topology);
  const methods = policy.methods.map((method) => ({ ...method, ...changes[method.path] }));
  return { ...policy, methods };
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

import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { compilePolicy, type MeshPolicy, type MethodPolicy } from "../../src/policy/index.js";

/** The contract's policy, with some methods changed for a test. */
export function contractPolicy(changes: Readonly<Record<string, Partial<MethodPolicy>>> = {}): MeshPolicy {
  const policy = compilePolicy(descriptorSetBytes());
  const methods = policy.methods.map((method) => ({ ...method, ...changes[method.path] }));
  return { ...policy, methods };
}

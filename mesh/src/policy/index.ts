export { compilePolicy } from "./compile-policy.js";
export type { Idempotency, MeshPolicy, MethodPolicy, ReasonPolicy } from "./mesh-policy.js";
export { callersOf, externalsOf, methodsCalledBy, methodsServedBy, peersOf } from "./relations.js";

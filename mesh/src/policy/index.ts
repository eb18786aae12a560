export { compilePolicy } from "./compile-policy.js";
export type {
  AllowRule,
  Auth,
  Idempotency,
  MeshPolicy,
  MethodPolicy,
  RateLimit,
  ReasonRule,
} from "./mesh-policy.js";
export { PolicyError } from "./policy-error.js";
export { callersOf, externalsOf, methodsCalledBy, methodsServedBy, peersOf } from "./relations.js";

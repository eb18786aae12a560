export { compilePolicy } from "./compile-policy.js";
export { type ExplainedMethod, type ExplainedValue, explainPolicy } from "./explain-policy.js";
export type { Idempotency, MeshPolicy, MethodPolicy, ReasonPolicy } from "./mesh-policy.js";
export { OverlayError, type OverlayFault, type OverlayPath } from "./overlay-error.js";
export { callersOf, externalsOf, methodsCalledBy, methodsServedBy, peersOf } from "./relations.js";

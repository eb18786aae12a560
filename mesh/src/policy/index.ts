export type {
  AllowRule,
  Auth,
  Idempotency,
  MeshPolicy,
  MethodPolicy,
  RateLimit,
  ReasonRule,
} from "./mesh-policy.js";

export {
  type Contract,
  ContractError,
  isClientStream,
  isRedacted,
  isServerStream,
  isUnary,
  methodPath,
  parseContract,
} from "./descriptor-set.js";
export { FieldBehavior, has, isAnswerTime, isOpaque, resourceTypeOf } from "./field-role.js";
export { type HttpPattern, httpPatternOf, httpRulesOf } from "./http-rule.js";
export { HttpRuleError } from "./http-rule-error.js";
export {
  Auth,
  findPolicy,
  type MethodPolicy,
  optionOf,
  type PolicyField,
  policyFaults,
  policyOf,
  type Rate,
  rateFaults,
  resolvePolicy,
  showWay,
  usesPolicies,
  type Way,
  wayFaults,
} from "./method-policy.js";
export { type PathTemplate, type PathVariable, parsePathTemplate, type Segment } from "./path-template.js";
export { type Quota, quotasOf } from "./quota.js";
export { readOnce } from "./read-once.js";
export {
  Code,
  ErrorReason,
  type ReasonRule,
  readReasonRule,
  reasonName,
  reasonNamed,
  reasonOfCode,
  ruleOf,
} from "./reason-rule.js";
export { type ResumeFields, resumeFieldsOf } from "./resume-fields.js";
export {
  decodeStatus,
  ERROR_DOMAIN,
  encodeStatus,
  packDetails,
  readDetails,
  readStatusTrailer,
  STATUS_DETAILS,
  type StatusDetails,
  type StatusParts,
  type StatusTrailer,
  type Violation,
} from "./status-details.js";

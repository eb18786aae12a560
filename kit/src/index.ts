export { type BoundMethod, bind, type ServiceBinding } from "./bind.js";
export { type Call, downstream, isAdmin, type Principal, requireUser } from "./call.js";
export {
  type CallOptions,
  type Client,
  type ClientMethod,
  type ClientOptions,
  createClient,
} from "./client.js";
export { type Clock, systemClock } from "./clock.js";
export { ConfigError, type ConfigFault, describeFault } from "./config-error.js";
export { allOrNone, parseEnv, type Values } from "./env.js";
export { toStatusObject } from "./error-boundary.js";
export { assertEtag } from "./etag.js";
export { applyFieldMask, type FieldMaskUpdate } from "./field-mask.js";
export { fingerprint } from "./fingerprint.js";
export { healthProtocol, reflectionProtocols } from "./grpc-protocols.js";
export { type Address, formatAddress, parseAddress } from "./listen-address.js";
export { createLog, type Log, type LogLevel, type LogOptions } from "./log.js";
export {
  addMoney,
  assertMoney,
  compareMoney,
  type Money,
  multiplyMoney,
  noMoney,
  subtractMoney,
} from "./money.js";
export { newId } from "./new-id.js";
export { decodePageToken, encodePageToken, pageSize } from "./page-token.js";
export { Code, ErrorReason, type ReasonRule, reasonName, reasonNamed, ruleOf } from "./reason-rule.js";
export { assertResourceName, fromResourceName, toResourceName } from "./resource-name.js";
export { type Running, run } from "./run.js";
export { type RunningServer, type ServeOptions, serve } from "./server.js";
export type {
  Handler,
  Handlers,
  MethodDefinition,
  RequestOf,
  ResponseOf,
  ServiceDefinition,
} from "./service-definition.js";
export { type ErrorDetails, StatusError, type StatusErrorOptions, type Violation } from "./status-error.js";
export { continueTrace, type Trace } from "./trace.js";
export { type Presence, type Variable, variable } from "./variable.js";

export {
  type CallOptions,
  type Client,
  type ClientMethod,
  type ClientOptions,
  createClient,
} from "./client/client.js";
export { downstream } from "./client/downstream.js";
export { type Quota, quotasOf } from "./contract/quota.js";
export {
  Code,
  ErrorReason,
  type ReasonRule,
  reasonName,
  reasonNamed,
  ruleOf,
} from "./contract/reason-rule.js";
export type {
  MethodDefinition,
  RequestOf,
  ResponseOf,
  ServiceDefinition,
} from "./contract/service-definition.js";
export type { Violation } from "./contract/status-details.js";
export { toStatusMessage, toStatusObject } from "./errors/error-boundary.js";
export { isCutOff, isServiceError } from "./errors/service-error.js";
export { type ErrorDetails, StatusError, type StatusErrorOptions } from "./errors/status-error.js";
export { AsyncDisposableStack } from "./process/async-disposable-stack.js";
export { ConfigError, type ConfigFault } from "./process/config-error.js";
export { allOf, allOrNone, parseEnv, type Values } from "./process/env.js";
export { type Followed, type FollowOptions, follow, sameForSame } from "./process/follow.js";
export { type Bind, listenAt } from "./process/listen.js";
export type { Address } from "./process/listen-address.js";
export { createLog, type Log, type LogLevel, type LogOptions } from "./process/log.js";
export { once } from "./process/once.js";
export { orPrivateFile, privateFile } from "./process/private-file.js";
export { latestOf, type Rereading, rereading } from "./process/rereading.js";
export { type Program, type Running, run } from "./process/run.js";
export { createTurns, type Turns } from "./process/turns.js";
export { type Presence, type Variable, variable } from "./process/variable.js";
export { healthProtocol, reflectionProtocols } from "./protocols/grpc-protocols.js";
export { type BoundMethod, bind, type ServiceBinding } from "./server/bind.js";
export { type Call, isAdmin, type Principal, requireUser } from "./server/call.js";
export { CLAIMS_HEADER, SOURCE_HEADER } from "./server/handed-headers.js";
export type { Handler, Handlers } from "./server/handlers.js";
export type { Identity } from "./server/identity.js";
export { identityVariables } from "./server/identity-variables.js";
export { type RunningServer, type ServeOptions, serve } from "./server/server.js";
export { continueTrace, type Trace } from "./server/trace.js";
export type { Work } from "./standby/activity.js";
export { createStandbyFile, type StandbyFile } from "./standby/standby-file.js";
export { standbyVariable } from "./standby/standby-variable.js";
export { parseTraceparent, type SpanPlace } from "./telemetry/span-place.js";
export { startTelemetry } from "./telemetry/start-telemetry.js";
export { noTelemetry, type Telemetry } from "./telemetry/telemetry.js";
export { type TelemetryOptions, telemetryVariables } from "./telemetry/telemetry-variables.js";
export { type Clock, systemClock } from "./values/clock.js";
export { assertEtag } from "./values/etag.js";
export { applyFieldMask, type FieldMaskUpdate } from "./values/field-mask.js";
export { fingerprint } from "./values/fingerprint.js";
export { addMoney, compareMoney, type Money, noMoney, subtractMoney } from "./values/money.js";
export { distanceOf, nearestWord, wordInstead } from "./values/nearest-word.js";
export { newId } from "./values/new-id.js";
export { decodePageToken, encodePageToken, pageSize } from "./values/page-token.js";
export { assertResourceName, fromResourceName, RESOURCE_ID, toResourceName } from "./values/resource-name.js";
export {
  decodeResumeToken,
  encodeResumeToken,
  resumeTokenInvalid,
  type Watch,
} from "./values/resume-token.js";

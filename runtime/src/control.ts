export type { Check, ProofDefinition, Tested } from "./certificate/index.js";
export { type Change, type SwapChange, showChange } from "./changes/change.js";
export { type HistoryEntry, readHistory } from "./changes/history.js";
export { mostInstances } from "./changes/plan-change.js";
export { Fault, UsageFault } from "./fault.js";
export type { Latency, MethodNumbers, Numbers } from "./numbers/recent-calls.js";
export { type KnownHost, knownHosts } from "./pair/envoy-admin.js";
export { type LocalResponse, localRequest } from "./pair/local-http.js";
export { parseJsonLine } from "./process/json-line.js";
export { isStopped, processIdentity } from "./process/process-identity.js";
export { createStateFile, endOrphans, isAlive, readState } from "./process/state-file.js";
export { askChange, askControl, askSteering } from "./supervisor/control-client.js";
export { type ControlHandlers, serveControl } from "./supervisor/control-socket.js";
export type { InstanceStatus, SystemStatus } from "./supervisor/status.js";
export type { Steering } from "./swap/swap-control.js";
export { askedLine, type SwapOptions } from "./swap/swap-options.js";
export { type StepNumbers, type SwapStatus, swapNote } from "./swap/swap-status.js";
export { describeHome, type Home, homePath, prepareHome } from "./system/home.js";
export type { Endpoints, Job, System } from "./system/system.js";
export {
  type CommonVariable,
  type SystemExternal,
  type SystemTopology,
  type SystemWorkload,
  servicesOf,
} from "./system/topology.js";

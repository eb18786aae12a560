export { createSigningJwk, type SigningJwk, signAccessToken } from "./access-token.js";
export {
  asAdministrator,
  asCaller,
  asUser,
  asWorkload,
  type Caller,
  type CallerOptions,
  callerHeaders,
  encodeClaims,
} from "./caller.js";
export { type Collector, type CollectorAction, openCollector } from "./collector/collector.js";
export type { Signal, Told } from "./collector/otlp.js";
export { type CuttableLink, linkTo } from "./cuttable-link.js";
export {
  CUT_POINTS,
  CUTS,
  type Cut,
  type CutPoint,
  type CuttingPeer,
  startCuttingPeer,
} from "./cutting-peer.js";
export { type EventuallyOptions, eventually, type There } from "./eventually.js";
export { type Health, healthOf } from "./health.js";
export { identity } from "./identity.js";
export { type Listening, listening } from "./listening.js";
export { createLogRecorder, type LogRecorder } from "./log-recorder.js";
export { whatOthersCanUse } from "./others-can-use.js";
export {
  type Command,
  type Exit,
  type ProcessOptions,
  type RunningProcess,
  startProcess,
} from "./process.js";
export { rejectionOf } from "./rejection.js";
export { type FinishedRun, type RunOptions, runToEnd } from "./run-to-end.js";
export { createScratchFolder, type ScratchFolder } from "./scratch-folder.js";
export { type SettledOptions, settled } from "./settled.js";
export { createSmallDisk, type SmallDisk } from "./small-disk.js";

export { places, ports } from "../places.js";
export type { ControlFolders } from "./control-context.js";
export { makeStoreUsers } from "./make-store-users.js";
export { type Metrics, serveMetrics } from "./metrics.js";
export { type ControlOptions, runControl } from "./run-control.js";
export {
  type ControlStatus,
  type InstanceStatus,
  readDraining,
  readStatus,
  writeDraining,
} from "./status.js";

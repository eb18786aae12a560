export { places, ports } from "../places.js";
export type { ControlFolders } from "./control-context.js";
export { type ControlOptions, runControl } from "./run-control.js";
export { type ControlStatus, readDraining, readStatus, writeDraining } from "./status.js";

export type { Instances } from "../instances/instances.js";
export { type Shadow, type ShadowOptions, startShadow } from "./shadow.js";
export type { ShadowDifference, ShadowReport } from "./shadow-report.js";

export type { Implementation } from "../implementation/implementation.js";
export { chooseImplementation, implementationsOf } from "../implementation/implementation.js";
export { externalVariables, workloadVariables } from "../implementation/variables.js";
export { replaceJson } from "../pair/directory.js";
export { type KnownHost, knownHosts } from "../pair/envoy-admin.js";
export { planSystem } from "./plan.js";
export { readPolicy } from "./policy-file.js";
export type { System } from "./system.js";
export {
  type SystemExternal,
  type SystemTopology,
  type SystemWorkload,
  servicesOf,
} from "./topology.js";

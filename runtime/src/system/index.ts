export type { Implementation } from "../implementation/implementation.js";
export { chooseImplementation, implementationsOf } from "../implementation/implementation.js";
export { externalVariables, workloadVariables } from "../implementation/variables.js";
export { replaceJson } from "../pair/directory.js";
export { type KnownHost, knownHosts } from "../pair/envoy-admin.js";
export { isFreePort } from "../process/ports.js";
export { withMongo } from "../stores/mongo-client.js";
export { mongoUrl } from "../stores/mongo-url.js";
export { putUser, rolesIn } from "../stores/mongo-users.js";
export { toAclFile } from "../stores/redis-users.js";
export { keepStoreUsers, type StoreUsers } from "../stores/store-users.js";
export { planSystem } from "./plan.js";
export { explainPolicyFile, readPolicy } from "./policy-file.js";
export type { System } from "./system.js";
export {
  type SystemExternal,
  type SystemTopology,
  type SystemWorkload,
  servicesOf,
} from "./topology.js";

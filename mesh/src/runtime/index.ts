export { Fault } from "./fault.js";
export { freePort } from "./ports.js";
export { type Child, launch, type ProcessSpec, type Ready, type ReadyWhen } from "./process/child.js";
export { provisionEnvoy } from "./provision/envoy.js";
export type { Executable, Provisioning } from "./provision/tool.js";
export { applicationProcess } from "./shop/application.js";
export { buildImplementation } from "./shop/build.js";
export {
  findImplementation,
  type Implementation,
  implementationsOf,
  readImplementation,
} from "./shop/implementation.js";
export { startMongo } from "./stores/mongo.js";
export { startRedis } from "./stores/redis.js";
export type { RunningStore, StoreOptions } from "./stores/store-process.js";

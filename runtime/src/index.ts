export { Fault } from "./fault.js";
export { applicationProcess } from "./implementation/application.js";
export { buildImplementation } from "./implementation/build.js";
export {
  findImplementation,
  type Implementation,
  implementationsOf,
  readImplementation,
} from "./implementation/implementation.js";
export { launch } from "./process/child.js";
export { freePort } from "./process/ports.js";
export { cpuSeconds } from "./process/process-cpu.js";
export type { Child, ProcessSpec, Ready, ReadyWhen } from "./process/process-spec.js";
export { cacheFolder } from "./provision/cache.js";
export { provisionEnvoy } from "./provision/envoy.js";
export type { Executable, Provisioning } from "./provision/tool.js";
export { startMongo } from "./stores/mongo.js";
export { type RedisOptions, startRedis } from "./stores/redis.js";
export type { RedisAccess } from "./stores/redis-users.js";
export { mongoContent, mongoDocuments, redisContent } from "./stores/store-content.js";
export type { RunningStore, StoreOptions } from "./stores/store-process.js";

export { describeHome, type Home, homePath } from "./home.js";
export { defaultPorts } from "./options.js";
export { createProgress } from "./progress.js";
export { type RunOptions, runShop } from "./run-system.js";
export type { Endpoints, InstanceStatus, ShopStatus } from "./status.js";
export { awaitStop } from "./stop-request.js";

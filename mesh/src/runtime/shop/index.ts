export { describeHome, type Home, homePath } from "./home.js";
export { defaultPorts } from "./options.js";
export { createProgress } from "./progress.js";
export { type RunOptions, runShop } from "./run-shop.js";
export type { Endpoints, InstanceStatus, ShopStatus } from "./shop-status.js";
export { awaitStop } from "./stop-request.js";

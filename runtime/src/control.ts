export { Fault, UsageFault } from "./fault.js";
export { processIdentity } from "./process/process-identity.js";
export { createStateFile, endOrphans, isAlive, readState } from "./process/state-file.js";
export { askControl, serveControl } from "./supervisor/control-socket.js";
export { describeHome, type Home, homePath } from "./supervisor/home.js";
export { defaultPorts } from "./supervisor/options.js";
export type { Endpoints, InstanceStatus, ShopStatus } from "./supervisor/status.js";

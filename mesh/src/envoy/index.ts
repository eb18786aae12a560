export { type Endpoint, endpointsFile } from "./clusters/endpoints.js";
export { type Forward, forwarderBootstrap } from "./forwarder-bootstrap.js";
export type { Message, Value } from "./message.js";
export { isHostName } from "./option-faults.js";
export { loopbackHosts } from "./routes/edge-routes.js";
export { mirrorPaths } from "./routes/mirror.js";
export { type TokenFilterFile, tokenFilterFile } from "./security/jwt.js";
export { tokenMissing } from "./security/rbac.js";
export { sidecarBootstrap } from "./sidecar-bootstrap.js";
export type {
  ExternalAccess,
  SidecarOptions,
  SidecarPaths,
  SidecarPorts,
  TraceReceiver,
} from "./sidecar-options.js";

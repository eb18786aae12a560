export { type Contract, ContractError, loadContract, parseContract } from "./contract.js";
export { type Gateway, type GatewayOptions, startGateway } from "./gateway.js";
export { describeApi } from "./openapi/document.js";
export { RouteFaults, readRoutes } from "./routes/read-routes.js";
export { connectUpstream, type Upstream } from "./upstream/upstream.js";

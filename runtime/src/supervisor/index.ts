export { createProgress } from "./progress.js";
export { type RunOptions, runSystem } from "./run-system.js";
export { awaitStop, type StopRequest } from "./stop-request.js";

export { installOnce } from "./cache.js";
export { installLocked } from "./pip.js";
export { findPython } from "./python.js";

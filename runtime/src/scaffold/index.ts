export { languages, type NewImplementation, newImplementation } from "./new-implementation.js";
export { type Filling, renderTemplate } from "./render-template.js";

export { languages, type NewImplementation, newImplementation } from "./new-implementation.js";
export { renderTemplate } from "./render-template.js";

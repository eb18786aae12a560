export { type Explanation, explain } from "./explanation.js";
export { printable } from "./printable.js";
export { showExplanation } from "./text.js";

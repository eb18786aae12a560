export { type Explanation, explain } from "./explanation.js";
export { showExplanation } from "./text.js";

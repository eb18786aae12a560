export { type Explanation, explain, explainAll } from "./explanation.js";
export { printable } from "./printable.js";
export { type AccessRecord, type ApplicationRecord, type LogRecord, readRecords } from "./records.js";
export type { Hop, OutgoingCall } from "./story.js";
export { showExplanation } from "./text.js";

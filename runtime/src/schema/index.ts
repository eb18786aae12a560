export { Faults } from "./faults.js";
export { messageSchema } from "./message-schema.js";
export { optional, record } from "./record.js";
export { describeIssue, type Path } from "./schema-faults.js";
export { YamlFile } from "./yaml-file.js";

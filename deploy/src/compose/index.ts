export { languageVariable } from "../names.js";
export { type ComposeFile, composeFile } from "./compose-file.js";
export type { ComposeOptions } from "./context.js";
export { composeOverride } from "./override.js";
export { toYaml } from "./yaml.js";

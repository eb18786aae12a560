// The implementations of services that there are, by the folders that they lie in.
import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import { expand } from "./workspaces.mjs";

/**
 * @typedef {{service: string, language: string, folder: string}} Implementation
 */

/**
 * Every `services/<service>/<language>/implementation.json`.
 * @param {string} root  the checkout
 * @returns {Implementation[]}
 */
export function implementations(root) {
  return expand(root, "services/*/*")
    .filter((folder) => existsSync(join(root, folder, "implementation.json")))
    .map((folder) => {
      const [, service = "", language = ""] = folder.split(sep);
      return { service, language, folder };
    });
}

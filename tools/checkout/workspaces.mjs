// The packages of this repository, by the globs of package.json. Needs nothing installed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Folders of the packages, relative to the checkout, in the order of the globs.
 * @param {string} root  the checkout
 * @returns {string[]}
 */
export function workspaces(root) {
  /** @type {{workspaces: string[]}} */
  const { workspaces: globs } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return globs
    .flatMap((glob) => expand(root, glob))
    .filter((folder) => existsSync(join(root, folder, "package.json")));
}

/**
 * Folders that fit a pattern in which `*` stands for one whole name.
 * @param {string} root
 * @param {string} glob  relative to it, as what comes back
 * @returns {string[]}
 */
export function expand(root, glob) {
  let folders = [""];
  for (const part of glob.split("/"))
    folders = folders.flatMap((folder) => (part === "*" ? below(root, folder) : [join(folder, part)]));
  return folders;
}

/**
 * @param {string} root
 * @param {string} folder
 */
function below(root, folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .sort();
}

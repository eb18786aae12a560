// Compiled files whose source is gone. The compiler leaves them; a test among them would still run, and a patch find them.
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

const OUTPUT = /^(.*)(?:\.d\.ts|\.js|\.js\.map)$/;

/**
 * Removes them from a package, and the folders that hold nothing else.
 * @param {string} folder  the package; what is compiled from `src/x.ts` is in `dist/src/x.js`
 * @returns {string[]} what was removed, relative to the package
 */
export function removeStaleOutput(folder) {
  if (!existsSync(join(folder, "dist"))) return [];
  const stale = readdirSync(join(folder, "dist"), { recursive: true, encoding: "utf8" }).filter((path) => {
    const [, source] = OUTPUT.exec(path) ?? [];
    return source !== undefined && !existsSync(join(folder, `${source}.ts`));
  });
  for (const path of stale) rmSync(join(folder, "dist", path));
  for (const path of new Set(stale.map((each) => dirname(each)))) removeEmpty(join(folder, "dist", path));
  return stale.map((path) => join("dist", path)).sort();
}

/** @param {string} folder */
function removeEmpty(folder) {
  if (!existsSync(folder) || readdirSync(folder).length > 0) return;
  rmdirSync(folder);
  removeEmpty(dirname(folder));
}

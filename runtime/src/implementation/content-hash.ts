import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Implementation } from "./implementation.js";

/** Folders of what tools keep, and of packages that a lockfile names. */
const skipped = new Set(["node_modules", "__pycache__", "test", "tests"]);

/** SHA-256 over the names and contents of an implementation's files, sources and what was built of them, in hexadecimal. */
export function contentHash({ folder }: Pick<Implementation, "folder">): string {
  const hash = createHash("sha256");
  for (const path of filesBelow(folder)) {
    const content = readFileSync(join(folder, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function filesBelow(folder: string, path = ""): readonly string[] {
  const entries = readdirSync(join(folder, path), { withFileTypes: true });
  return entries
    .filter(({ name }) => !name.startsWith(".") && !skipped.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(folder, below);
      return entry.isFile() ? [below] : [];
    });
}

import { renameSync, writeFileSync } from "node:fs";

/** Writes a private file whole: whoever reads it has the old content or the new, never a part. */
export function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

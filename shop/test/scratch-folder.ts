import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that goes with the suite that asked for it. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "theseus-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

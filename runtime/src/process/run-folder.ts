import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "../fault.js";

/** Unix socket paths end at 103 bytes on macOS and at 107 on Linux; this leaves room for `/<instance>/<name>.sock`. */
const longestFolder = 70;

/**
 * A private folder for sockets, short enough for their paths wherever `owner` (any text, such as a path) lies. The same
 * owner gets the same folder.
 */
export function runFolder(owner: string): string {
  const hash = createHash("sha256").update(owner).digest("hex").slice(0, 12);
  const folder = join(tmpdir(), `theseus-${hash}`);
  if (Buffer.byteLength(folder) > longestFolder) {
    throw new Fault(
      `The temporary folder ${tmpdir()} is too long for unix sockets.`,
      "Set TMPDIR to a shorter path, such as /tmp.",
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  // The temporary folder is shared: somebody else may have been there first.
  if (!stat.isDirectory() || (process.getuid !== undefined && stat.uid !== process.getuid())) {
    throw new Fault(
      `${folder} belongs to somebody else.`,
      "Remove it, or set TMPDIR to a folder of your own.",
    );
  }
  chmodSync(folder, 0o700);
  return folder;
}

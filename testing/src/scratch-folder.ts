import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of a test's own, gone when it is disposed of. Its path is short: unix sockets take 107 bytes. */
export interface ScratchFolder extends Disposable {
  readonly path: string;
  /** Writes a private file (mode 0600 unless another is given), anything but text and bytes as JSON; gives its path. */
  file(name: string, content: unknown, mode?: number): string;
}

export function createScratchFolder(): ScratchFolder {
  const path = mkdtempSync(join(tmpdir(), "tht-"));
  return {
    path,
    file: (name, content, mode = 0o600) => {
      const file = join(path, name);
      writeFileSync(file, toContent(content), { mode });
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

function toContent(content: unknown): string | Uint8Array {
  return typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content);
}

import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface LogFile extends Disposable {
  /** Appends whole lines. When the disk is full lines are lost, and the process goes on. */
  write(lines: readonly string[]): void;
}

interface LogFileOptions {
  /** Default 8 MiB. */
  readonly maxBytes?: number;
  /** How many full files are kept beside the current one (`x.log.1` is the youngest). Default 3. */
  readonly keep?: number;
  /** Told once when lines are lost, with the reason. */
  onLost?(reason: string): void;
}

/** A private log file that moves to `<path>.1` when it is full. */
export function openLogFile(path: string, options: LogFileOptions = {}): LogFile {
  const { maxBytes = 8 << 20, keep = 3 } = options;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let file = openSync(path, "a", 0o600);
  let size = fstatSync(file).size;
  let lost = false;

  function append(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (size > 0 && size + bytes > maxBytes) {
      closeSync(file);
      rotate(path, keep);
      file = openSync(path, "a", 0o600);
      size = 0;
    }
    writeSync(file, text);
    size += bytes;
  }

  return {
    write(lines) {
      if (lines.length === 0) return;
      try {
        append(`${lines.join("\n")}\n`);
        lost = false;
      } catch (error) {
        if (!lost) options.onLost?.(error instanceof Error ? error.message : String(error));
        lost = true;
      }
    },
    [Symbol.dispose]() {
      try {
        closeSync(file);
      } catch {
        // a rotation that failed has closed it
      }
    },
  };
}

/** Moves `path` to `path.1`, that to `path.2`, and so on; the oldest goes. */
export function rotate(path: string, keep: number): void {
  for (let index = keep - 1; index >= 0; index -= 1) {
    try {
      renameSync(index === 0 ? path : `${path}.${index}`, `${path}.${index + 1}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { createLineSplitter } from "../process/lines.js";

/** Reads what is written to a file as it grows, also when it is moved away and begun anew. */
export interface Tail extends Disposable {
  /** Hands on the lines that came since. */
  poll(): void;
}

/** @param path  of a file that need not be there yet; what it has already is not read */
export function tailFile(path: string, take: (lines: readonly string[]) => void): Tail {
  const lines = createLineSplitter(take);
  const chunk = Buffer.alloc(64 << 10);
  let descriptor = open(path);
  let offset = descriptor === undefined ? 0 : fstatSync(descriptor).size;

  function read(from: number): void {
    for (;;) {
      const length = readSync(from, chunk, 0, chunk.length, offset);
      if (length === 0) return;
      offset += length;
      lines.write(Buffer.from(chunk.subarray(0, length)));
    }
  }

  function close(): void {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  }

  return {
    poll() {
      if (descriptor !== undefined) read(descriptor);
      if (isSameFile(path, descriptor)) return;
      close();
      descriptor = open(path);
      offset = 0;
      if (descriptor !== undefined) read(descriptor);
    },
    [Symbol.dispose]: close,
  };
}

function open(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    return undefined;
  }
}

function isSameFile(path: string, descriptor: number | undefined): boolean {
  if (descriptor === undefined) return false;
  try {
    return statSync(path).ino === fstatSync(descriptor).ino;
  } catch {
    // Moved away, and its successor is not there yet.
    return true;
  }
}

import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";

/** How much of a file's end is read to find its last lines. */
const TAIL_BYTES = 1 << 20;

/** `inventory-1`, `inventory-1-access`, `inventory-1-envoy`, `user-store`; in the order of the alphabet. */
export function logNames(folder: string): readonly string[] {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith(".log"));
    return files.map((file) => file.slice(0, -".log".length)).sort();
  } catch {
    return [];
  }
}

/** Reads the log of one instance as it grows. */
export interface LogReader {
  /** What has come since; at first what is there: the whole of it, or its end. */
  read(): readonly string[];
}

/** @param whole  what was moved away when it was full, too */
export function openLog(folder: string, name: string, { whole }: { readonly whole: boolean }): LogReader {
  const path = join(folder, `${name}.log`);
  const tail = follow(path, whole ? Number.POSITIVE_INFINITY : TAIL_BYTES);
  let isFirst = true;
  return {
    read() {
      const before = isFirst && whole ? movedAway(folder, name) : [];
      isFirst = false;
      return [...before, ...tail()];
    },
  };
}

/** Lines of `x.log.3`, `x.log.2` and `x.log.1`, the oldest first. */
function movedAway(folder: string, name: string): readonly string[] {
  const numberOf = (file: string) => Number(file.slice(file.lastIndexOf(".") + 1));
  return readdirSync(folder)
    .filter((file) => file.startsWith(`${name}.log.`) && !Number.isNaN(numberOf(file)))
    .sort((a, b) => numberOf(b) - numberOf(a))
    .flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n").filter(Boolean));
}

/** Each call gives the whole lines that came since the last; the first gives those at the end of what is there. */
function follow(path: string, tailBytes: number): () => readonly string[] {
  let inode = 0;
  let offset = 0;
  let rest = "";
  return () => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    const isFirst = inode === 0;
    // Moved away when it was full: the new file is read from its start.
    if (stat.ino !== inode || stat.size < offset) offset = isFirst ? Math.max(0, stat.size - tailBytes) : 0;
    const isCut = isFirst && offset > 0;
    inode = stat.ino;
    const lines = (rest + readPart(path, offset, stat.size)).split("\n");
    offset = stat.size;
    rest = lines.pop() ?? "";
    return isCut ? lines.slice(1) : lines;
  };
}

function readPart(path: string, from: number, to: number): string {
  if (to <= from) return "";
  const bytes = Buffer.alloc(to - from);
  const file = openSync(path, "r");
  try {
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}

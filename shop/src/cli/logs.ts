import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Home, UsageFault } from "@theseus/runtime/control";

interface LogFlags {
  readonly follow?: true;
  readonly lines: number;
}

/** How much of a file's end is read to find its last lines. */
const tailBytes = 1 << 20;

export async function logs(home: Home, instance: string | undefined, flags: LogFlags): Promise<number> {
  const known = logNames(home);
  if (instance !== undefined && !known.includes(instance)) {
    throw new UsageFault(
      `There is no log of "${instance}".`,
      known.length === 0 ? `Nothing has run in ${home.path} yet.` : `There are: ${known.join(", ")}.`,
    );
  }
  if (known.length === 0) {
    console.error(`Nothing has run in ${home.path} yet.\n  npm start opens the shop.`);
    return 1;
  }
  const chosen = instance === undefined ? known : [instance];
  const print = (name: string, lines: readonly string[]) => {
    const prefix = instance === undefined ? `${name} | ` : "";
    for (const line of lines) console.log(`${prefix}${line}`);
  };
  const readers = chosen.map((name) => ({ name, read: follow(join(home.logs, `${name}.log`), flags.lines) }));
  for (const { name, read } of readers) print(name, read());
  while (flags.follow) {
    await sleep(200);
    for (const { name, read } of readers) print(name, read());
  }
  return 0;
}

function logNames(home: Home): readonly string[] {
  try {
    const files = readdirSync(home.logs).filter((file) => file.endsWith(".log"));
    return files.map((file) => file.slice(0, -".log".length)).sort();
  } catch {
    return [];
  }
}

/** Each call gives the whole lines that came since the last; the first gives the last `count`. */
function follow(path: string, count: number): () => readonly string[] {
  let inode = 0;
  let offset = 0;
  let rest = "";
  return () => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    const first = inode === 0;
    // Moved away when it was full: the new file is read from its start.
    if (stat.ino !== inode || stat.size < offset) offset = first ? Math.max(0, stat.size - tailBytes) : 0;
    inode = stat.ino;
    const text = rest + read(path, offset, stat.size);
    offset = stat.size;
    const lines = text.split("\n");
    rest = lines.pop() ?? "";
    return first ? lines.slice(-count || lines.length) : lines;
  };
}

function read(path: string, from: number, to: number): string {
  if (to <= from) return "";
  const bytes = Buffer.alloc(to - from);
  const file = openSync(path, "r");
  try {
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}

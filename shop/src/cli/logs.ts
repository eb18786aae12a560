import { setTimeout as sleep } from "node:timers/promises";
import { type Home, UsageFault } from "@theseus/runtime/control";
import { logNames, openLog } from "./logs/log-files.js";
import { showLine } from "./logs/readable.js";
import { isWanted, type Level, type LogLine, parseLines, type Wanted } from "./logs/record.js";

export interface LogFlags {
  readonly follow?: true;
  /** Last lines of each to begin with. Default: 50, or all that are wanted. */
  readonly lines?: number;
  readonly request?: string;
  readonly since?: Date;
  readonly level?: Level;
  readonly grep?: RegExp;
  readonly json?: true;
}

const LINES = 50;
const EVERY_MS = 200;

/** On a terminal one readable line a record; elsewhere, or by `--json`, the lines as they were written. */
export async function logs(
  home: Home,
  instance: string | undefined,
  flags: LogFlags,
  { env }: { readonly env: NodeJS.ProcessEnv },
): Promise<number> {
  const known = logNames(home.logs);
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
  const show = showing(chosen, { ...flags, isOne: instance !== undefined, env });
  const next = reading(home.logs, chosen, flags);
  for (const line of next()) console.log(show(line));
  while (flags.follow) {
    await sleep(EVERY_MS);
    for (const line of next()) console.log(show(line));
  }
  return 0;
}

/** Each call reads what is wanted of what has come since, all in the order of time. */
function reading(folder: string, names: readonly string[], flags: LogFlags): () => readonly LogLine[] {
  const wanted = toWanted(flags);
  const isFiltered = Object.keys(wanted).length > 0;
  const most = flags.lines ?? (isFiltered ? Number.POSITIVE_INFINITY : LINES);
  const readers = names.map((name) => ({ name, log: openLog(folder, name, { whole: isFiltered }) }));
  const lastMs = new Map<string, number>();
  let isFirst = true;
  return () => {
    const come = readers.flatMap(({ name, log }) => {
      const lines = parseLines(name, log.read(), lastMs.get(name));
      lastMs.set(name, lines.at(-1)?.atMs ?? lastMs.get(name) ?? 0);
      const own = lines.filter((line) => isWanted(line, wanted));
      return isFirst && own.length > most ? own.slice(own.length - most) : own;
    });
    isFirst = false;
    return come.sort((a, b) => a.atMs - b.atMs);
  };
}

function toWanted({ request, since, level, grep }: LogFlags): Wanted {
  return {
    ...(request !== undefined && { request }),
    ...(since !== undefined && { sinceMs: since.getTime() }),
    ...(level !== undefined && { level }),
    ...(grep !== undefined && { grep }),
  };
}

interface Showing extends Pick<LogFlags, "json"> {
  readonly isOne: boolean;
  readonly env: NodeJS.ProcessEnv;
}

function showing(names: readonly string[], { json, isOne, env }: Showing): (line: LogLine) => string {
  if (json || !process.stdout.isTTY) return ({ name, text }) => (isOne ? text : `${name} | ${text}`);
  const width = Math.max(...names.map(({ length }) => length));
  const isColoured = (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
  return (line) => showLine(line, { width, isColoured });
}

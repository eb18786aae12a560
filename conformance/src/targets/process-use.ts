import { readdirSync, readFileSync } from "node:fs";

/** What a process has of the machine. */
export interface ProcessUse {
  /** Memory that is resident, in MiB. */
  readonly memory: number;
  readonly descriptors: number;
  /** Processor time since its start, in seconds. */
  readonly cpu: number;
}

/** As /proc has it. */
const TICKS_PER_SECOND = 100;
/** Of the fields after the command: user and system time. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** Reads /proc, which Linux has; the suite skips what needs it elsewhere. */
export function processUse(pid: number): ProcessUse {
  const place = `/proc/${pid}`;
  const [, kib = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`${place}/status`, "utf8")) ?? [];
  const stat = readFileSync(`${place}/stat`, "utf8");
  // The command is in parentheses, and may have blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME]);
  return {
    memory: Number(kib) / 1024,
    descriptors: readdirSync(`${place}/fd`).length,
    cpu: ticks / TICKS_PER_SECOND,
  };
}

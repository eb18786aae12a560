import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { statFields } from "./process-identity.js";

/** What a process has of the machine. */
export interface ProcessUse {
  /** Processor time since its start. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** USER_HZ: what Linux counts in, whatever the machine. */
const ticksPerSecond = 100;
/** Of the fields after the command: user and system time. */
const userTime = 11;
const systemTime = 12;

/** The least of processor time that Linux tells apart. */
export const cpuResolutionSeconds = 1 / ticksPerSecond;

/** Undefined of a process that is not there any more. */
export function processUse(pid: number): ProcessUse | undefined {
  try {
    return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

function fromProc(pid: number): ProcessUse {
  const [, kib = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  const fields = statFields(pid);
  const ticks = Number(fields[userTime]) + Number(fields[systemTime]);
  return { cpuSeconds: ticks / ticksPerSecond, residentBytes: Number(kib) * 1024 };
}

function fromPs(pid: number): ProcessUse | undefined {
  const { stdout } = spawnSync("ps", ["-o", "time=,rss=", "-p", String(pid)], { encoding: "utf8" });
  const [time, kib] = (stdout ?? "").trim().split(/\s+/);
  if (time === undefined || kib === undefined) return undefined;
  return { cpuSeconds: secondsOf(time), residentBytes: Number(kib) * 1024 };
}

/** `1:02.50`, `3:01:02`, `2-03:01:02` */
function secondsOf(time: string): number {
  const [clock = "", days = "0"] = time.split("-").reverse();
  return clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}

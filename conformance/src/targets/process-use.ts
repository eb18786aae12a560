import { readdirSync, readFileSync } from "node:fs";
import { cpuSeconds } from "@theseus/runtime";

/** What a process has of the machine. */
export interface ProcessUse {
  /** Memory that is resident, in MiB. */
  readonly memory: number;
  readonly descriptors: number;
  /** Processor time since its start, in seconds. */
  readonly cpu: number;
}

/** Reads /proc, which Linux has; the suite skips what needs it elsewhere. */
export function processUse(pid: number): ProcessUse {
  const place = `/proc/${pid}`;
  const [, kib = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`${place}/status`, "utf8")) ?? [];
  return {
    memory: Number(kib) / 1024,
    descriptors: readdirSync(`${place}/fd`).length,
    cpu: cpuSeconds(pid),
  };
}

import { readdirSync } from "node:fs";
import { processUse as useOf } from "@theseus/runtime";

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
  const use = useOf(pid);
  if (use === undefined) throw new Error(`there is no process ${pid}`);
  return {
    memory: use.residentBytes / 1_048_576,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    cpu: use.cpuSeconds,
  };
}

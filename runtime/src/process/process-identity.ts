import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Boot and start time, which differ for a later process with the same pid. Undefined when there is no such process
 * (or only its zombie).
 */
export function processIdentity(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

export function isSameProcess(pid: number, identity: string): boolean {
  return processIdentity(pid) === identity;
}

/** True when a process has been stopped (Ctrl-Z, SIGSTOP, a debugger) and does nothing until it is continued. */
export function isStopped(pid: number): boolean {
  try {
    const [state = ""] = process.platform === "linux" ? fieldsFromProc(pid) : fieldsFromPs(pid);
    return /^[Tt]/.test(state);
  } catch {
    return false;
  }
}

function fromProc(pid: number): string | undefined {
  try {
    const fields = fieldsFromProc(pid);
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** What `/proc/<pid>/stat` says after the command's name, which may hold spaces and parentheses itself: the state first. */
export function fieldsFromProc(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function fieldsFromPs(pid: number): readonly string[] {
  const { stdout } = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" });
  return (stdout ?? "").trim().split(/\s+/);
}

function fromPs(pid: number): string | undefined {
  const [state, ...started] = fieldsFromPs(pid);
  return state === undefined || state === "" || state.startsWith("Z") ? undefined : started.join(" ");
}

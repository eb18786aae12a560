import type { ChildProcess } from "node:child_process";

const running = new Set<ChildProcess>();

/** Ends the process group of a child when the process of the tests ends first. */
export function endWithTests(child: ChildProcess): void {
  if (running.size === 0) process.once("exit", endAll);
  running.add(child);
  child.once("close", () => {
    running.delete(child);
    if (running.size === 0) process.off("exit", endAll);
  });
}

/** Sends SIGKILL to the group that a child leads. */
export function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // the group is gone
  }
}

function endAll(): void {
  for (const child of running) endGroup(child);
}

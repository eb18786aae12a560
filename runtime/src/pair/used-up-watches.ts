import { readFileSync } from "node:fs";
import type { Explanation } from "../process/process-spec.js";

/** Envoy says so once, above a long backtrace, and aborts. */
export function usedUpWatches(line: string): Explanation | undefined {
  if (!line.includes("fs.inotify.max_user_")) return undefined;
  return {
    cause: `the inotify instances that Linux gives a user (fs.inotify.max_user_instances${limit()}) are used up, by Envoy and by other programs that watch files`,
    wayOut:
      "End some of those, run fewer shops or --replicas, or raise the limit as root: sysctl fs.inotify.max_user_instances=1024",
  };
}

function limit(): string {
  try {
    return `, ${readFileSync("/proc/sys/fs/inotify/max_user_instances", "utf8").trim()} here`;
  } catch {
    return "";
  }
}

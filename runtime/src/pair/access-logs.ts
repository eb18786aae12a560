import { statSync } from "node:fs";
import { rotate } from "../process/log-file.js";
import { reopenLogs } from "./envoy-admin.js";
import { accessLogFile, hostLogFile } from "./instance-paths.js";
import type { Pair } from "./pair.js";

const maxBytes = 16 << 20;

/** Sidecars write their access logs themselves; a full one is moved away, and its sidecar begins a new one. */
export function keepAccessLogsShort(
  logs: string,
  pairs: () => readonly Pair[],
  report: (line: string) => void,
): Disposable {
  const timer = setInterval(() => {
    for (const { instance, paths } of pairs()) {
      for (const path of [accessLogFile(logs, instance.name), hostLogFile(logs, instance.name)]) {
        if (sizeOf(path) < maxBytes) continue;
        rotate(path, 3);
        reopenLogs(paths.admin).catch((error: unknown) =>
          report(`${path} cannot be begun anew: ${String(error)}`),
        );
      }
    }
  }, 10_000);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

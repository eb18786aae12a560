import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface LogFile {
  readonly path: string;
  readonly instance: string;
  /** A sidecar's log of requests, or of hosts; or what an application prints. */
  readonly kind: "access" | "hosts" | "application";
}

/**
 * `orders-1-access.log`, `orders-1.log.2`, with those that were moved away when they were full; what Envoys print of themselves
 * is about no request.
 */
export function logFiles(folder: string): readonly LogFile[] {
  return readdirSync(folder).flatMap((name) => {
    const [, instance = "", sidecars] = /^(.+?)(?:-(access|hosts))?\.log(?:\.\d+)?$/.exec(name) ?? [];
    if (instance === "" || instance.endsWith("-envoy")) return [];
    const kind = sidecars === "access" || sidecars === "hosts" ? sidecars : "application";
    return [{ path: join(folder, name), instance, kind }];
  });
}

export function linesOf(path: string): readonly string[] {
  return readFileSync(path, "utf8").split("\n").filter(Boolean);
}

/** Lines with one of some texts. */
export function linesWith(path: string, texts: readonly string[]): readonly string[] {
  const text = readFileSync(path, "latin1");
  const starts = new Set<number>();
  for (const each of texts)
    for (let at = text.indexOf(each); at >= 0; at = text.indexOf(each, at + each.length))
      starts.add(text.lastIndexOf("\n", at) + 1);
  return [...starts].map((start) => {
    const end = text.indexOf("\n", start);
    return Buffer.from(text.slice(start, end < 0 ? undefined : end), "latin1").toString("utf8");
  });
}

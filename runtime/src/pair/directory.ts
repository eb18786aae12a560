import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Endpoint, endpointsFile } from "@theseus/mesh/envoy";
import { replaceFile } from "../process/replace-file.js";

/** Tells every sidecar, through the files that it watches, where the instances of each workload listen. */
export interface Directory {
  /** Adds a sidecar's folder and writes into it what is known so far. */
  addReader(xds: string): void;
  /** The sidecar of this folder has ended. */
  removeReader(xds: string): void;
  /** These are the instances of a workload, from now on: one rename for each sidecar. */
  publish(workload: string, endpoints: readonly Endpoint[]): void;
}

export function createDirectory(workloads: readonly string[]): Directory {
  const known = new Map<string, readonly Endpoint[]>(workloads.map((workload) => [workload, []]));
  const readers = new Set<string>();
  const write = (xds: string, workload: string) =>
    keepJson(join(xds, `${workload}.eds.json`), endpointsFile(workload, known.get(workload) ?? []));
  return {
    addReader(xds) {
      mkdirSync(xds, { recursive: true, mode: 0o700 });
      readers.add(xds);
      for (const workload of workloads) write(xds, workload);
    },
    removeReader(xds) {
      readers.delete(xds);
    },
    publish(workload, endpoints) {
      // Nobody calls a workload that serves nobody.
      if (!known.has(workload)) return;
      known.set(workload, endpoints);
      for (const xds of readers) write(xds, workload);
    },
  };
}

/** Envoy notices a file that is moved into its folder, but not one that is written there. */
export function replaceJson(path: string, value: unknown): void {
  replaceFile(path, toText(value));
}

/** As it is, where it says so already: each file that is moved there has the sidecar begin its rounds anew. */
export function keepJson(path: string, value: unknown): void {
  const text = toText(value);
  if (textOf(path) !== text) replaceFile(path, text);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function toText(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

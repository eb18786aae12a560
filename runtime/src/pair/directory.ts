import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endpointsFile } from "@theseus/mesh/envoy";

/** Tells every sidecar, through the files that it watches, where the instances of each workload listen. */
export interface Directory {
  /** Adds a sidecar's folder and writes into it what is known so far. */
  addReader(xds: string): void;
  /** An instance's sidecar listens on this loopback port, from now on. */
  publish(workload: string, instance: string, port: number): void;
}

export function createDirectory(workloads: readonly string[]): Directory {
  const ports = new Map(workloads.map((workload) => [workload, new Map<string, number>()]));
  const readers = new Set<string>();
  const write = (xds: string, workload: string) => {
    const endpoints = [...(ports.get(workload)?.values() ?? [])].map((port) => ({
      address: "127.0.0.1",
      port,
    }));
    replaceJson(join(xds, `${workload}.eds.json`), endpointsFile(workload, endpoints));
  };
  return {
    addReader(xds) {
      mkdirSync(xds, { recursive: true, mode: 0o700 });
      readers.add(xds);
      for (const workload of workloads) write(xds, workload);
    },
    publish(workload, instance, port) {
      ports.get(workload)?.set(instance, port);
      for (const xds of readers) write(xds, workload);
    },
  };
}

/** Envoy notices a file that is moved into its folder, but not one that is written there. */
export function replaceJson(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(value, null, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

import { join } from "node:path";
import type { ExternalAccess, SidecarOptions } from "@theseus/mesh/envoy";
import { externalsOf, type MeshPolicy } from "@theseus/mesh/policy";
import { topology } from "../../src/topology.js";

/** What the first instance of one of the shop's workloads is started with. */
export interface SidecarPlace {
  readonly policy: MeshPolicy;
  readonly workload: string;
  /** The folder of its sockets and files. */
  readonly home: string;
  readonly ports: SidecarOptions["ports"];
}

export function sidecarOptions({ policy, workload, home, ports }: SidecarPlace): SidecarOptions {
  const isServing = topology.workloads.some(({ name, services }) => name === workload && services.length > 0);
  const externals = externalsOf(policy, topology, workload).map((name): [string, ExternalAccess] => [
    name,
    { host: "127.0.0.1", port: 26001, identity: join(home, name) },
  ]);
  return {
    policy,
    topology,
    workload,
    instance: "1",
    ports,
    paths: {
      app: join(home, "app.sock"),
      outbound: join(home, "out.sock"),
      admin: join(home, "admin.sock"),
      ...(isServing && { developer: join(home, "developer.sock"), shadow: join(home, "shadow.sock") }),
      xds: join(home, "xds"),
      identity: join(home, "id"),
      accessLog: join(home, "access.log"),
      hostLog: join(home, "hosts.log"),
    },
    externals: Object.fromEntries(externals),
  };
}

/** The ports of a workload that stay the same, for files that are reviewed. */
export function reviewedPorts({ services }: (typeof topology.workloads)[number]): SidecarOptions["ports"] {
  return services.length === 0 ? { edge: 8080 } : { mesh: 25001 };
}

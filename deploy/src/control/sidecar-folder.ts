import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type SidecarOptions, sidecarBootstrap, sidecarFiles } from "@theseus/mesh/envoy";
import { identityPaths } from "@theseus/mesh/identity";
import { externalsOf, type MeshPolicy } from "@theseus/mesh/policy";
import { replaceJson, type SystemTopology } from "@theseus/runtime/system";
import type { PairPlan } from "../pairs.js";
import { places, ports } from "../places.js";

/** Everything that one sidecar is told, as it finds it in its own container. */
export function sidecarOptions(
  topology: SystemTopology,
  policy: MeshPolicy,
  { workload, ordinal }: PairPlan,
): SidecarOptions {
  const address = "0.0.0.0";
  return {
    policy,
    topology,
    workload: workload.name,
    instance: String(ordinal),
    ports: workload.port === "edge" ? { address, edge: ports.edge } : { address, mesh: ports.mesh },
    paths: {
      app: places.applicationSocket,
      outbound: places.outboundSocket,
      admin: places.adminSocket,
      xds: places.xds,
      ...identityPaths(identityFolder(places.mesh, "mesh")),
      jwks: places.jwks,
      accessLog: "/dev/stdout",
    },
    externals: Object.fromEntries(
      externalsOf(policy, topology, workload.name).map((name) => [
        name,
        { host: name, port: ports.external, ...identityPaths(identityFolder(places.mesh, name)) },
      ]),
    ),
  };
}

/** Where a sidecar has what it shows to the mesh, or to an outside party. */
export function identityFolder(mesh: string, peer: string): string {
  return join(mesh, "identity", peer);
}

/** Writes what a sidecar reads at its start into its folder, as the control plane sees it. */
export async function writeSidecar(folder: string, options: SidecarOptions): Promise<void> {
  const xds = xdsFolder(folder);
  await mkdir(xds, { recursive: true, mode: 0o700 });
  for (const [file, content] of Object.entries(sidecarFiles(options))) replaceJson(join(xds, file), content);
  replaceJson(folder + places.bootstrap.slice(places.mesh.length), sidecarBootstrap(options));
}

export function xdsFolder(folder: string): string {
  return folder + places.xds.slice(places.mesh.length);
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type SidecarOptions, sidecarBootstrap, tokenFilterFile } from "@theseus/mesh/envoy";
import type { PublicKey } from "@theseus/mesh/identity";
import { externalsOf, type MeshPolicy } from "@theseus/mesh/policy";
import { replaceJson, type SystemTopology } from "@theseus/runtime/system";
import { isOpenToDevelopers, type PairPlan } from "../pairs.js";
import { places, ports } from "../places.js";

/** Everything that one sidecar is told, as it finds it in its own container. */
export function sidecarOptions(topology: SystemTopology, policy: MeshPolicy, pair: PairPlan): SidecarOptions {
  const { workload, ordinal } = pair;
  const address = "0.0.0.0";
  return {
    policy,
    topology,
    workload: workload.name,
    instance: String(ordinal),
    ports: workload.services.length === 0 ? { address, edge: ports.edge } : { address, mesh: ports.mesh },
    paths: {
      app: places.applicationSocket,
      outbound: places.outboundSocket,
      admin: places.adminSocket,
      ...(isOpenToDevelopers(pair) ? { developer: places.developerSocket } : {}),
      xds: places.xds,
      identity: identityFolder(places.mesh, "mesh"),
      accessLog: "/dev/stdout",
    },
    externals: Object.fromEntries(
      externalsOf(policy, topology, workload.name).map((name) => [
        name,
        { host: name, port: ports.external, identity: identityFolder(places.mesh, name) },
      ]),
    ),
  };
}

/** Where a sidecar has what it shows to the mesh, or to an outside party. */
export function identityFolder(mesh: string, peer: string): string {
  return join(mesh, "identity", peer);
}

/** Writes what a sidecar reads at its start into its folder, as the control plane sees it. */
export function writeSidecar(folder: string, options: SidecarOptions): void {
  replaceJson(folder + places.bootstrap.slice(places.mesh.length), sidecarBootstrap(options));
}

/** Tells a sidecar with which keys it checks access tokens; before it starts, since it lets nobody in without. */
export function writeTokenKeys(
  folder: string,
  { identity }: SystemTopology,
  keys: readonly PublicKey[],
): void {
  const { name, content } = tokenFilterFile(identity, keys);
  mkdirSync(xdsFolder(folder), { recursive: true, mode: 0o700 });
  replaceJson(join(xdsFolder(folder), name), content);
}

export function xdsFolder(folder: string): string {
  return folder + places.xds.slice(places.mesh.length);
}

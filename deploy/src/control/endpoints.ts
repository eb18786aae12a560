import { join } from "node:path";
import { type Endpoint, endpointsFile } from "@theseus/mesh/envoy";
import { replaceJson, servicesOf } from "@theseus/runtime/system";
import type { PairPlan } from "../pairs.js";
import { ports } from "../places.js";
import type { Addresses } from "./addresses.js";
import type { ControlContext } from "./control-context.js";
import { xdsFolder } from "./sidecar-folder.js";

/** The endpoints of every workload that serves the mesh, by workload. */
export type EndpointTable = ReadonlyMap<string, readonly Endpoint[]>;

/** Pairs that are to get no new calls, by instance. */
export type Draining = ReadonlySet<string>;

export function endpointTable(
  { system, pairs }: Pick<ControlContext, "system" | "pairs">,
  addresses: Addresses,
  draining: Draining,
): EndpointTable {
  const endpointsOf = (workload: string) =>
    pairs
      .filter((pair) => pair.workload.name === workload)
      .flatMap((pair) => endpoint(pair, addresses, draining));
  return new Map(servicesOf(system.topology).map((workload) => [workload, endpointsOf(workload)]));
}

function endpoint(
  { application, sidecar }: PairPlan,
  addresses: Addresses,
  draining: Draining,
): readonly Endpoint[] {
  const address = addresses.get(sidecar);
  if (address === undefined) return [];
  return [{ address, port: ports.mesh, ...(draining.has(application) ? { health: "draining" } : {}) }];
}

/** Tells every sidecar, through the files that it watches. */
export function publishEndpoints({ pairs, volume }: ControlContext, table: EndpointTable): void {
  for (const { mesh } of pairs) {
    for (const [workload, endpoints] of table) {
      replaceJson(join(xdsFolder(volume(mesh)), `${workload}.eds.json`), endpointsFile(workload, endpoints));
    }
  }
}

import type { System } from "@theseus/runtime/system";
import { developerPorts } from "../developers.js";
import { storeName, storeSecretsVolume } from "../names.js";
import { isOpenToDevelopers } from "../pairs.js";
import { applicationService } from "./application.js";
import { type ComposeContext, type ComposeOptions, composeContext } from "./context.js";
import { commandsService, controlService, filledVolumes, seedService } from "./control.js";
import { externalService } from "./external.js";
import { observeServices } from "./observe.js";
import type { ComposeService } from "./service.js";
import { developerService, networks, outsideNetwork, sidecarService } from "./sidecar.js";
import { storeServices } from "./store.js";

/** What a service has in common with others of its kind. */
export type Kind = "own" | "sidecar" | "other";

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService & { readonly kind: Kind }>>;
  readonly networks: Readonly<Record<string, object>>;
  readonly volumes: Readonly<Record<string, object>>;
}

/** The whole of a compose file. Pure: the same system and options give the same file. */
export function composeFile(system: System, options: ComposeOptions): ComposeFile {
  const context = composeContext(system, options);
  return { services: services(context), networks: allNetworks(context), volumes: volumes(context) };
}

function services(context: ComposeContext): ComposeFile["services"] {
  const { topology, pairs } = context;
  const all: [string, ComposeService, Kind][] = [
    ["control", controlService(context), "own"],
    ...topology.workloads.flatMap((workload) =>
      Object.entries(storeServices(context, workload)).map(
        ([name, service]): [string, ComposeService, Kind] => [
          name,
          service,
          name === storeName(workload) ? "other" : "own",
        ],
      ),
    ),
    ...topology.externals.map((external): [string, ComposeService, Kind] => [
      external.name,
      externalService(context, external),
      "own",
    ]),
    ...[...pairs].reverse().flatMap((pair): [string, ComposeService, Kind][] => [
      [pair.application, applicationService(context, pair), "own"],
      [pair.sidecar, sidecarService(context, pair), "sidecar"],
    ]),
    [developerPorts.service, developerService(context), "sidecar"],
    ...Object.entries(observeServices()).map(([name, service]): [string, ComposeService, Kind] => [
      name,
      service,
      "other",
    ]),
    ["seed", seedService(context), "own"],
    ["theseus", commandsService(context), "own"],
  ];
  return Object.fromEntries(all.map(([name, service, kind]) => [name, { kind, ...service }]));
}

/** Closed ones have no way out, not even to the machine that they are on. */
const closed = {
  internal: true,
  driver_opts: { "com.docker.network.bridge.gateway_mode_ipv4": "isolated" },
};

function allNetworks({ topology }: ComposeContext): ComposeFile["networks"] {
  const stores = topology.workloads.filter(({ store }) => store.kind !== "none").map(storeName);
  const outside = topology.externals.map(({ name }) => outsideNetwork(name));
  return {
    [networks.edge]: {},
    [networks.developer]: {},
    [networks.watch]: {},
    ...Object.fromEntries(
      [networks.mesh, networks.observe, ...outside, ...stores].map((name) => [name, closed]),
    ),
  };
}

/** In memory, for the user that the applications and sidecars are. */
const inMemory = tmpfs("mode=0700,uid=10001,gid=10001");

/** In memory, written by that user, and read by the one that the stores are: files get the folder's group. */
const inMemoryForStore = tmpfs("mode=2750,uid=10001,gid=999");

function tmpfs(options: string) {
  return { driver_opts: { type: "tmpfs", device: "tmpfs", o: `size=4m,${options}` } };
}

function volumes(context: ComposeContext): ComposeFile["volumes"] {
  const { topology, pairs } = context;
  const keepers = topology.workloads.filter(({ store }) => store.kind !== "none");
  const stores = keepers.map(storeName);
  const kept = ["control", "people", ...stores, ...topology.externals.map(({ name }) => `${name}-data`)];
  const passing = [
    ...filledVolumes(context),
    ...pairs.map(({ sockets }) => sockets),
    ...pairs.filter(isOpenToDevelopers).map(({ developer }) => developer),
  ];
  return {
    ...Object.fromEntries(kept.map((name) => [name, {}])),
    ...Object.fromEntries(passing.map((name) => [name, inMemory])),
    ...Object.fromEntries(keepers.map((workload) => [storeSecretsVolume(workload), inMemoryForStore])),
  };
}

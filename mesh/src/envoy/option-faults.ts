import { externalsOf } from "../policy/relations.js";
import type { SidecarOptions } from "./sidecar-options.js";

/** The system's limit on a unix socket's path, without the closing zero. */
const maxSocketPathBytes = 107;

/** A name or an address, IPv6 in brackets, in lower case and without a port. */
export function isHostName(text: string): boolean {
  return /^([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])$/.test(text);
}

/** Why no sidecar can be made of these options. */
export function optionFaults(options: SidecarOptions): readonly string[] {
  const { topology, workload } = options;
  const known = topology.workloads.find(({ name }) => name === workload);
  if (known === undefined) return [`no workload "${workload}" in the topology`];
  return [
    ...portFaults(options, known.services.length > 0),
    ...externalFaults(options),
    ...socketFaults(options),
    ...hostFaults(options),
  ];
}

function portFaults({ workload, ports, paths }: SidecarOptions, serves: boolean): readonly string[] {
  const inbound = ports.mesh !== undefined || paths.developer !== undefined;
  return [
    ...(inbound && !serves
      ? [`${workload} serves nothing: it needs neither mesh port nor developer socket`]
      : []),
    ...(ports.edge !== undefined && serves
      ? [`${workload} serves the mesh: it cannot stand at the edge`]
      : []),
  ];
}

function externalFaults({ policy, topology, workload, externals = {} }: SidecarOptions): readonly string[] {
  return externalsOf(policy, topology, workload)
    .filter((name) => !Object.hasOwn(externals, name))
    .map((name) => `${workload} calls ${name}: its address and its certificates are needed`);
}

function socketFaults({ paths }: SidecarOptions): readonly string[] {
  const { app, outbound, admin, developer, shadow } = paths;
  return [app, outbound, admin, developer, shadow]
    .filter((path) => path !== undefined)
    .filter((path) => Buffer.byteLength(path) > maxSocketPathBytes)
    .map((path) => `${path}: the path of a unix socket has at most ${maxSocketPathBytes} bytes`);
}

function hostFaults({ allowedHosts = [] }: SidecarOptions): readonly string[] {
  return allowedHosts
    .filter((name) => !isHostName(name))
    .map(
      (name) => `${name}: a host that the edge serves is a name or an address in lower case, without a port`,
    );
}

import type { SystemExternal, SystemWorkload } from "@theseus/runtime/system";

/** One pair of application and sidecar, with the names of what belongs to it. */
export interface PairNames {
  /** The workload's name and the ordinal, and the application's service in the compose file. */
  readonly application: string;
  /** The sidecar's service: the name by which other sidecars find it. */
  readonly sidecar: string;
  /** Volume of the sockets between the two. */
  readonly sockets: string;
  /** Volume of what the control plane tells the sidecar. */
  readonly mesh: string;
  /** Volume of the socket by which developers call it. */
  readonly developer: string;
}

/** The names of an instance such as `ship-1`. */
export function pairNames(instance: string): PairNames {
  return {
    application: instance,
    sidecar: `${instance}-envoy`,
    sockets: `${instance}-sockets`,
    mesh: `${instance}-mesh`,
    developer: `${instance}-developer`,
  };
}

/** Volume of the private files of a workload's applications; undefined when they have none. */
export function secretsVolume({ name, variables }: SystemWorkload): string | undefined {
  const isSecret = Object.values(variables).some(({ from }) =>
    ["store", "signing-keys", "secret"].includes(from),
  );
  return isSecret ? `${name}-secrets` : undefined;
}

/** Volume of what a workload's own store knows of its users. */
export function storeSecretsVolume(workload: SystemWorkload): string {
  return `${storeName(workload)}-secrets`;
}

/** What makes the users of a store that does not read them from a file. */
export function storeUsersName(workload: SystemWorkload): string {
  return `${storeName(workload)}-users`;
}

/** Volume of the certificates of an outside party. */
export function externalSecretsVolume({ name }: SystemExternal): string {
  return `${name}-secrets`;
}

/** The container and the network of a workload's own store. */
export function storeName({ name }: SystemWorkload): string {
  return `${name}-store`;
}

/** The variable by which people choose the implementation of a service. */
export function languageVariable(service: string): string {
  return `THESEUS_${service.toUpperCase().replaceAll("-", "_")}`;
}

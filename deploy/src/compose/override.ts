import type { ComposeFile, Kind } from "./compose-file.js";
import type { ComposeService } from "./service.js";

/** A compose file that is laid over another one. */
export interface ComposeOverride extends Omit<ComposeFile, "services"> {
  /** Those that are new, and of the others what changes. */
  readonly services: Readonly<Record<string, Partial<ComposeService> & { readonly kind?: Kind }>>;
}

/** What has to be laid over `base` so that it becomes `whole`: compose adds to lists, so that what stays is left out. */
export function composeOverride(base: ComposeFile, whole: ComposeFile): ComposeOverride {
  const services = Object.entries(whole.services).flatMap(([name, service]) => {
    const known = base.services[name];
    const changed = known === undefined ? service : changesOf(known, service);
    return Object.keys(changed).length === 0 ? [] : [[name, changed] as const];
  });
  return {
    services: Object.fromEntries(services),
    networks: without(whole.networks, base.networks),
    volumes: without(whole.volumes, base.volumes),
  };
}

function changesOf(known: ComposeService, service: ComposeService): Partial<ComposeService> {
  const before = new Map(Object.entries(known).map(([field, value]) => [field, JSON.stringify(value)]));
  return Object.fromEntries(
    Object.entries(service).filter(([field, value]) => before.get(field) !== JSON.stringify(value)),
  );
}

function without(all: Readonly<Record<string, object>>, known: object): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !(name in known)));
}

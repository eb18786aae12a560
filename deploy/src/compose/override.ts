import type { ComposeFile } from "./compose-file.js";

type Services = ComposeFile["services"];

/** What has to be laid over `base` so that it becomes `whole`, by the rules by which compose merges files. */
export function composeOverride(base: ComposeFile, whole: ComposeFile): ComposeFile {
  const services: [string, Services[string]][] = Object.entries(whole.services).flatMap(([name, service]) =>
    isSame(base.services[name], service) ? [] : [[name, service]],
  );
  return {
    services: Object.fromEntries(services),
    networks: without(whole.networks, base.networks),
    volumes: without(whole.volumes, base.volumes),
  };
}

function without(all: Readonly<Record<string, object>>, known: object): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !(name in known)));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

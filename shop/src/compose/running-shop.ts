import { servicesOf } from "@theseus/runtime/system";
import { topology } from "../topology.js";
import type { Docker } from "./docker.js";

/** The instances that run in containers now. */
export interface RunningShop {
  /** Number of instances by service. */
  readonly counts: ReadonlyMap<string, number>;
  /** What compose calls it: the names of its volumes begin so. */
  readonly project: string;
  /** Language by instance. */
  readonly languages: ReadonlyMap<string, string>;
  instancesOf(service: string): readonly string[];
}

interface Container {
  readonly Project: string;
  readonly Service: string;
  readonly Image: string;
}

export async function readRunningShop(docker: Docker): Promise<RunningShop> {
  const lines = (await docker("compose", "ps", "--format", "json")).trim().split("\n").filter(Boolean);
  const containers = lines.map((line) => JSON.parse(line) as Container);
  const languages = new Map<string, string>();
  for (const service of servicesOf(topology)) {
    for (const { Service, Image } of containers) {
      const [, language] = new RegExp(`^theseus/${service}-([a-z][a-z0-9-]*):`).exec(Image) ?? [];
      if (language !== undefined && new RegExp(`^${service}-\\d+$`).test(Service))
        languages.set(Service, language);
    }
  }
  const instancesOf = (service: string) =>
    [...languages.keys()].filter((name) => name.replace(/-\d+$/, "") === service).sort();
  const counts = new Map(servicesOf(topology).map((service) => [service, instancesOf(service).length]));
  return { counts, languages, project: containers[0]?.Project ?? "", instancesOf };
}

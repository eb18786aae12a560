import { existsSync } from "node:fs";
import { join } from "node:path";
import { compilePolicy, type MeshPolicy } from "@theseus/mesh/policy";
import {
  implementationsOf,
  type System,
  type SystemExternal,
  type SystemTopology,
  type SystemWorkload,
} from "@theseus/runtime/system";
import { languageVariable } from "../names.js";
import { type PairPlan, pairsOf } from "../pairs.js";

export interface ComposeOptions {
  /** The checkout: build context of all images. */
  readonly checkout: string;
  /** Tag of the images that are built. */
  readonly version: string;
  /** Number of instances by service, 1 where none is given. */
  readonly replicas?: ReadonlyMap<string, number>;
  /** Language by service or by instance, such as `ship-2`; a service's own variable decides where none is given. */
  readonly implementations?: ReadonlyMap<string, string>;
}

/** What every part of a compose file is made from. */
export interface ComposeContext {
  readonly topology: SystemTopology;
  readonly policy: MeshPolicy;
  readonly version: string;
  readonly pairs: readonly PairPlan[];
  /** The pair at the edge. */
  readonly edge: PairPlan;
  /** `service=number` for those that have more than one instance. */
  readonly replicas: readonly string[];
  /** The language of an instance of it, or the variable by which people choose it. */
  languageOf(party: SystemWorkload | SystemExternal, instance: string): string;
  /** Folder of the implementation in a language, relative to the checkout. */
  folderOf(party: SystemWorkload | SystemExternal, language: string): string;
  /** What a workload at the edge waits for: the first instance of each service, so that more of them change nothing for it. */
  serviceInstances(workload: SystemWorkload): readonly string[];
}

export function composeContext({ topology, contract }: System, options: ComposeOptions): ComposeContext {
  const { checkout, version, replicas = new Map(), implementations = new Map() } = options;
  const pairs = pairsOf(topology, replicas);
  const edge = pairs.find(({ workload }) => workload.port === "edge");
  if (edge === undefined) throw new Error("no workload stands at the edge");
  const isAlone = (folder: string) => existsSync(join(checkout, folder, "implementation.json"));
  return {
    topology,
    policy: compilePolicy(contract, topology),
    version,
    pairs,
    edge,
    replicas: [...replicas].filter(([, count]) => count > 1).map(([name, count]) => `${name}=${count}`),
    languageOf({ name, implementations: folder, language = topology.language }, instance) {
      const chosen = implementations.get(instance) ?? implementations.get(name);
      if (chosen !== undefined) return chosen;
      const languages = implementationsOf(join(checkout, folder));
      return languages.length > 1 ? `\${${languageVariable(name)}:-${language}}` : language;
    },
    folderOf: ({ implementations }, language) =>
      isAlone(implementations) ? implementations : `${implementations}/${language}`,
    serviceInstances: ({ services }) =>
      services.length > 0
        ? []
        : pairs
            .filter((pair) => pair.workload.services.length > 0 && pair.ordinal === 1)
            .map(({ application }) => application),
  };
}

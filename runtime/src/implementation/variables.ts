import { join } from "node:path";
import type { IdentityPaths } from "@theseus/mesh/identity";
import type { IdentityScheme } from "@theseus/mesh/topology";
import type {
  CommonVariable,
  ExternalVariable,
  SystemExternal,
  SystemWorkload,
  WorkloadVariable,
} from "../system/topology.js";

/** What the variables of every process are filled from. */
export interface CommonSources {
  readonly identity: IdentityScheme;
  /** Folder of the private files. */
  readonly secrets: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface WorkloadSources extends CommonSources {
  /** The private file with the URL of its store. */
  readonly storeUrl: string;
  /** Where its standby file would be. */
  readonly standby: string;
  readonly sidecar: string;
  readonly signingKeys: string;
}

export interface ExternalSources extends CommonSources {
  /** Folder of its own that stays. */
  readonly data: string;
  readonly certificate: IdentityPaths;
}

/** The variables of a workload as the launch protocol hands them over: the URL of a store has a password, and comes in a file. */
export function workloadVariables(
  { name: workload, store, variables }: SystemWorkload,
  sources: WorkloadSources,
): Readonly<Record<string, string>> {
  const byFile = Object.entries(variables).map(([name, source]) => [
    source.from === "store" ? `${name}_FILE` : name,
    source,
  ]);
  return fill<WorkloadVariable>(Object.fromEntries(byFile), (source, name) => {
    switch (source.from) {
      case "store":
        if (store.kind === "none") throw new Error(`${name}: ${workload} has no store`);
        return sources.storeUrl;
      case "standby":
        return sources.standby;
      case "sidecar":
        return sources.sidecar;
      case "signing-keys":
        return sources.signingKeys;
      default:
        return commonVariable(source, name, sources);
    }
  });
}

/** The variables of an outside party. */
export function externalVariables(
  { variables }: SystemExternal,
  sources: ExternalSources,
): Readonly<Record<string, string>> {
  return fill<ExternalVariable>(variables, (source, name) => {
    switch (source.from) {
      case "data":
        return join(sources.data, source.file);
      case "certificate":
        return sources.certificate[source.part];
      default:
        return commonVariable(source, name, sources);
    }
  });
}

function commonVariable(
  source: CommonVariable,
  name: string,
  { identity, secrets, env }: CommonSources,
): string | undefined {
  switch (source.from) {
    case "identity":
      return identity[source.field];
    case "secret":
      return join(secrets, source.file);
    case "environment":
      return env[name] || undefined;
    default:
      return source satisfies never;
  }
}

function fill<Source>(
  variables: Readonly<Record<string, Source>>,
  toValue: (source: Source, name: string) => string | undefined,
): Readonly<Record<string, string>> {
  const filled: Record<string, string> = {};
  for (const [name, source] of Object.entries(variables)) {
    const value = toValue(source, name);
    if (value !== undefined) filled[name] = value;
  }
  return filled;
}

import type { IdentityPaths } from "@theseus/mesh/identity";
import type { External, IdentityScheme, Topology, Workload } from "@theseus/mesh/topology";
import type { RedisAccess } from "../stores/redis-users.js";

/** What a system is made of, as data: all that the runtime knows of what it runs. */
export interface SystemTopology extends Topology {
  /** What texts for people call the whole, after "the". */
  readonly name: string;
  /** Language of the implementations that run unless others are chosen. */
  readonly language: string;
  /** The edge's port for HTTP clients unless another is chosen. */
  readonly port: number;
  readonly workloads: readonly SystemWorkload[];
  readonly externals: readonly SystemExternal[];
}

export interface SystemWorkload extends Workload {
  /** Folder of the checkout with an `implementation.json`, or with a folder for each language that has one. */
  readonly implementations: string;
  /** Language of the one that runs unless another is chosen; absent: the system's. */
  readonly language?: string;
  readonly store: StoreDefinition;
  /** What the launch protocol hands over besides LISTEN and LOG_LEVEL, by variable. */
  readonly variables: Readonly<Record<string, WorkloadVariable>>;
}

/** A party outside the mesh, simulated by a process on this machine. */
export interface SystemExternal extends External {
  /** What texts for people call it. */
  readonly title: string;
  readonly implementations: string;
  readonly language?: string;
  /** Its port on loopback; 0 takes any. */
  readonly port: number;
  readonly variables: Readonly<Record<string, ExternalVariable>>;
}

/** A store of a workload's own. A URL in the environment replaces all of a kind: REDIS_URL, MONGODB_URL. */
export type StoreDefinition =
  | { readonly kind: "none" }
  | ({ readonly kind: "redis" } & RedisAccess)
  | { readonly kind: "mongodb"; readonly database: string };

/** What fills a variable of a workload. */
export type WorkloadVariable =
  | CommonVariable
  /** The URL of its own store. */
  | { readonly from: "store" }
  /** Where its standby file would be: for those that know standby. */
  | { readonly from: "standby" }
  /** Its sidecar's outbound address: only for those that call somebody. */
  | { readonly from: "sidecar" }
  /** The private file of the keys that sign access tokens. */
  | { readonly from: "signing-keys" };

/** What fills a variable of an outside party. */
export type ExternalVariable =
  | CommonVariable
  /** A file of its own that stays from one start to the next. */
  | { readonly from: "data"; readonly file: string }
  /** A PEM file for mutual TLS, under its server name. */
  | { readonly from: "certificate"; readonly part: keyof IdentityPaths };

export type CommonVariable =
  | { readonly from: "identity"; readonly field: keyof IdentityScheme }
  /** A private file that the system keeps: see `System.keepSecrets`. */
  | { readonly from: "secret"; readonly file: string }
  /** The variable of this name of whoever starts the system; not handed over when that is unset. */
  | { readonly from: "environment" };

/** Names of the workloads that serve: what can be chosen and replicated. */
export function servicesOf({ workloads }: Topology): readonly string[] {
  return workloads.filter(({ services }) => services.length > 0).map(({ name }) => name);
}

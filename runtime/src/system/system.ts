import type { ProofDefinition } from "../certificate/proof-definition.js";
import type { SystemTopology } from "./topology.js";

/** Something to run: workloads behind sidecars, and what is to be done before and after they start. */
export interface System {
  readonly topology: SystemTopology;
  /** Its contract: a serialised google.protobuf.FileDescriptorSet. */
  readonly contract: Uint8Array;
  /** Makes the private files that variables name (`from: "secret"`); answers those that people use, by name. */
  keepSecrets(folder: string): Readonly<Record<string, string>>;
  /** How an implementation shows that it keeps the contract. Absent: none has to. */
  readonly proof?: ProofDefinition;
  /**
   * The program that holds two implementations against each other by copies of calls, and its arguments, run in the checkout;
   * it gets the file of its configuration as the last one. Absent: there is none.
   */
  readonly shadow?: readonly [string, ...string[]];
  /** Run one after the other once everything is healthy; the system is open when they are done. */
  readonly jobs: readonly Job[];
}

export interface Job {
  /** What it does, for people. */
  readonly title: string;
  /** Must change nothing when it is repeated, and end with the signal; answers what it did, for people. */
  run(endpoints: Endpoints, signal: AbortSignal): Promise<string>;
}

/** Where a system is reached. */
export interface Endpoints {
  /** Base URL of the edge. */
  readonly http: string;
  /** Plaintext gRPC for people, by workload: a unix socket that leads to its first instance, as gRPC libraries name it. */
  readonly grpc: Readonly<Record<string, string>>;
  /** URL for Prometheus, on this machine alone; absent: there is none. */
  readonly metrics?: string;
  /** Files that people use, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

import { readFileSync } from "node:fs";
import { ConfigError } from "@theseus/kit";

/** What whoever starts the comparer writes for it, as JSON. Paths are absolute. */
export interface Config {
  /** File of the contract, a serialised google.protobuf.FileDescriptorSet. */
  readonly contract: string;
  /** Full names of the services that are compared. */
  readonly services: readonly string[];
  /** Instances whose sidecars copy calls. */
  readonly old: readonly OldInstance[];
  /** Unix socket of the application that is held against them. */
  readonly candidate: string;
  /** Unix socket on which the report is asked for. */
  readonly report: string;
  /** Role of access tokens that makes an administrator. */
  readonly adminRole: string;
  /** Workloads that only call: in whose calls people come. */
  readonly edges: readonly string[];
  /** Folder into which each difference goes as a conformance case. Absent: none does. */
  readonly saveCases?: string;
}

export interface OldInstance {
  /** Unix socket on which the comparer takes copies from its sidecar. */
  readonly mirror: string;
  /** Unix socket of its application. */
  readonly application: string;
}

/** @throws ConfigError when there is no such file, or it holds no JSON */
export function readConfig(file: string): Config {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Config;
  } catch (cause) {
    const problem = `the file of the configuration cannot be read: ${String(cause)}`;
    throw new ConfigError([{ variable: "FILE", given: file, problem }], { cause });
  }
}

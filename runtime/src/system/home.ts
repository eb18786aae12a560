import { chmodSync, mkdirSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { toFault } from "../fault.js";

/** The folder of one system: what it keeps between starts, and what describes the one that runs. */
export interface Home {
  readonly path: string;
  /** Stores and outside parties, one folder each. */
  readonly data: string;
  /** Keys and credentials: folder 0700, files 0600. */
  readonly secrets: string;
  readonly logs: string;
  /** Leads to the sockets for people with grpcurl, one an instance: `<instance>.sock`. */
  readonly grpc: string;
  /** Which processes run. */
  readonly state: string;
  /** Held by the supervisor that runs. */
  readonly lock: string;
}

/** `THESEUS_HOME`, else `.theseus` in the checkout. */
export function homePath(env: NodeJS.ProcessEnv, checkout: string): string {
  const path = env.THESEUS_HOME;
  if (path === undefined || path === "") return join(checkout, ".theseus");
  return isAbsolute(path) ? path : resolve(path);
}

export function describeHome(path: string): Home {
  return {
    path,
    data: join(path, "data"),
    secrets: join(path, "secrets"),
    logs: join(path, "logs"),
    grpc: join(path, "grpc"),
    state: join(path, "state.json"),
    lock: join(path, "lock"),
  };
}

/** Makes the folders, private ones as such. */
export function prepareHome(home: Home): void {
  try {
    for (const folder of [home.path, home.data, home.secrets, home.logs]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
    }
  } catch (error) {
    throw toFault(error, `The folder ${home.path} cannot be made`);
  }
}

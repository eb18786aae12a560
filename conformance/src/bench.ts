import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Implementation, type RunningStore, startMongo, startRedis } from "@theseus/mesh/runtime";
import type { Case } from "./case.js";
import type { Contract } from "./contract.js";
import { serviceName } from "./contract.js";
import { launchTarget } from "./launched-target.js";
import { type PlayedPeers, playPeers } from "./peers/played-peers.js";
import type { Bench } from "./run-cases.js";
import { writeSigningKeys } from "./signing-keys.js";
import { linkStore } from "./store-link.js";
import type { Target } from "./target.js";

export interface BenchOptions {
  readonly contract: Contract;
  /** `user`, `inventory` or `payment`. */
  readonly service: string;
  /** One implementation; or two, that hand over to each other wherever a case restarts its target. */
  readonly implementations: readonly [Implementation, ...Implementation[]];
}

/** A store, a target on it that cases share, and targets of their own for the cases that need one. */
export async function openBench(options: BenchOptions): Promise<Bench & AsyncDisposable> {
  const { contract, service, implementations } = options;
  const folder = mkdtempSync(join(tmpdir(), "theseus-conformance-"));
  const store = await startStore(service);
  const peersOf = new Map<Target, PlayedPeers>();
  writeSigningKeys(join(folder, "keys.json"));

  async function start(test?: Case): Promise<Target> {
    const owned: AsyncDisposable[] = [];
    const link = test?.needs.includes("store") === true ? await linkStore(store.url) : undefined;
    if (link !== undefined) owned.push(link);
    const peers =
      service === "payment" ? await playPeers({ contract, script: test?.peers ?? {} }) : undefined;
    if (peers !== undefined) owned.push(peers);
    const target = await launchTarget({
      implementations,
      variables: {
        ...storeVariable(service, link?.url ?? store.url),
        SIGNING_KEYS: join(folder, "keys.json"),
        ...(peers === undefined ? {} : { MESH: peers.address, RECOVER_AFTER_MS: "1000" }),
      },
      ...(link === undefined ? {} : { store: (action) => (action === "stop" ? link.cut() : link.mend()) }),
      owned,
    });
    if (peers !== undefined) peersOf.set(target, peers);
    return target;
  }

  const shared = await start();
  return {
    contract,
    service: serviceName(contract, service),
    shared,
    own: start,
    extension: async (verb, step, run) => {
      const peers = peersOf.get(run.context.target);
      return peers === undefined ? false : peers.perform(verb, step, run);
    },
    async [Symbol.asyncDispose]() {
      await shared[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startStore(service: string): Promise<RunningStore> {
  return service === "inventory" ? startRedis() : startMongo();
}

function storeVariable(service: string, url: string): Record<string, string> {
  return service === "inventory" ? { REDIS_URL: url } : { MONGODB_URL: url };
}

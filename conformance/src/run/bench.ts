import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Implementation, type RunningStore, startMongo, startRedis } from "@theseus/mesh/runtime";
import { playPeers } from "../../worlds/payment/played-peers.js";
import type { Case } from "../cases/case.js";
import type { Contract } from "../contract/contract.js";
import { serviceName } from "../contract/contract.js";
import type { Scope } from "../expectations/scope.js";
import { toEnvironment } from "../targets/launch-files.js";
import { launchTarget } from "../targets/launched-target.js";
import { writeSigningKeys } from "../targets/signing-keys.js";
import { linkStore } from "../targets/store-link.js";
import type { Target } from "../targets/target.js";
import type { Bench } from "./run-cases.js";

export interface BenchOptions {
  readonly contract: Contract;
  /** `user`, `inventory` or `payment`. */
  readonly service: string;
  /** One implementation; or two, that hand over to each other wherever a case restarts its target. */
  readonly implementations: readonly [Implementation, ...Implementation[]];
  /** A store that is not the bench's own; absent, one is started and ends with it. */
  readonly storeUrl?: string;
}

/** Who the target's callers and end users are: see callMetadata. */
const IDENTITY = {
  TRUST_DOMAIN: "theseus.local",
  TOKEN_ISSUER: "https://theseus.local",
  TOKEN_AUDIENCE: "shop",
  TOKEN_SUBJECT_PREFIX: "users/",
  ADMIN_ROLE: "admin",
};

/** A store, a target on it that cases share, and targets of their own for the cases that need one. */
export async function openBench(options: BenchOptions): Promise<Bench & AsyncDisposable> {
  const { contract, service, implementations } = options;
  const folder = mkdtempSync(join(tmpdir(), "theseus-conformance-"));
  const store = options.storeUrl === undefined ? await startStore(service) : undefined;
  const storeUrl = options.storeUrl ?? store?.url ?? "";
  const peers = service === "payment" ? await playPeers() : undefined;
  writeSigningKeys(join(folder, "keys.json"));

  async function start(test?: Case, scope?: Scope): Promise<Target> {
    const owned: AsyncDisposable[] = [];
    const link = test?.needs.includes("store") === true ? await linkStore(storeUrl) : undefined;
    if (link !== undefined) owned.push(link);
    const url = link?.url ?? storeUrl;
    return launchTarget({
      implementations,
      variables: {
        // Recovery takes up whatever it finds: what a case leaves behind is for the target of that case alone.
        ...storeVariable(service, test !== undefined && peers !== undefined ? ownDatabase(url) : url),
        SIGNING_KEYS: join(folder, "keys.json"),
        ...IDENTITY,
        ...(peers === undefined ? {} : { MESH: peers.address }),
        ...(peers === undefined || test === undefined ? {} : { RECOVER_AFTER_MS: "1000" }),
        ...toEnvironment(
          scope?.fill(test?.environment ?? {}) ?? {},
          join(folder, randomBytes(6).toString("hex")),
        ),
      },
      ...(link === undefined ? {} : { store: (action) => (action === "stop" ? link.cut() : link.mend()) }),
      owned,
    });
  }

  async function release(): Promise<void> {
    await peers?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }

  const shared = await start().catch(async (error: unknown) => {
    await release();
    throw error;
  });
  return {
    contract,
    service: serviceName(contract, service),
    shared,
    own: start,
    begin: (run) => peers?.begin(run),
    extension: async (verb, step, run) => peers?.perform(verb, step, run) ?? false,
    async [Symbol.asyncDispose]() {
      await shared[Symbol.asyncDispose]();
      await release();
    },
  };
}

export function startStore(service: string): Promise<RunningStore> {
  return service === "inventory" ? startRedis() : startMongo();
}

/** Another database of the same store. */
export function ownDatabase(url: string): string {
  const own = new URL(url);
  own.pathname = `/own-${randomBytes(6).toString("hex")}`;
  return own.href;
}

function storeVariable(service: string, url: string): Record<string, string> {
  return service === "inventory" ? { REDIS_URL: url } : { MONGODB_URL: url };
}

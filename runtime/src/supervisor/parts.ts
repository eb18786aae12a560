import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { peersOf } from "@theseus/mesh/policy";
import { Fault } from "../fault.js";
import { applicationProcess } from "../implementation/application.js";
import { createDirectory } from "../pair/directory.js";
import { unreachable } from "../pair/envoy-admin.js";
import { type Pair, startPair } from "../pair/pair.js";
import { claimPort, freePort } from "../process/ports.js";
import type { Supervised } from "../process/supervised.js";
import { type ShopStores, settled, startStores } from "../stores/system-stores.js";
import { type ShopContext, superviseIn } from "./context.js";
import type { ShopOptions } from "./options.js";
import { type InstancePlan, type ShopPlan, servicesOf } from "./plan.js";
import type { Progress } from "./progress.js";
import { openSecrets, type Secrets } from "./secrets.js";

/** Everything that was started so far, in order, so that it can be ended in the reverse of it at any moment. */
export interface Started {
  stores?: ShopStores;
  secrets?: Secrets;
  provider?: Supervised;
  readonly pairs: Pair[];
  /** Stages of processes, each ended together. */
  readonly stages: Supervised[][];
}

export interface ShopPorts {
  readonly edge: number;
  /** Plaintext port of the first instance of each service. */
  readonly developer: ReadonlyMap<string, number>;
}

/** The fixed ports, checked before anything is started. */
export async function claimPorts(services: readonly string[], options: ShopOptions): Promise<ShopPorts> {
  const edge = await claimPort(options.port, "the gateway", "--port");
  const developer = new Map<string, number>();
  for (const [index, service] of services.entries()) {
    const wanted = options.developerPorts === 0 ? 0 : options.developerPorts + index;
    developer.set(service, await claimPort(wanted, `grpcurl at ${service}`, "--developer-ports"));
  }
  return { edge, developer };
}

/** Starts the parts of a shop one stage after the other; `started` tells what there is, also when it fails halfway. */
export async function startParts(
  context: ShopContext,
  plan: ShopPlan,
  ports: ShopPorts,
  started: Started,
  progress: Progress,
): Promise<void> {
  const beginStage = () => {
    const stage: Supervised[] = [];
    started.stages.push(stage);
    return (process: Supervised) => {
      stage.push(process);
    };
  };
  const stores = await progress.step(
    "stores",
    () => startStores(context, beginStage()),
    ({ engines }) => [...engines].map(([name, engine]) => `${name} (${engine})`).join(", ") || "given by URL",
  );
  started.stores = stores;
  const secrets = await progress.step("identities and keys", () => openSecrets(context));
  started.secrets = secrets;
  const provider = { host: "127.0.0.1", port: await freePort() };
  started.provider = await progress.step("card provider", () =>
    startProvider(context, plan, secrets, provider.port),
  );
  beginStage()(started.provider);
  const directory = createDirectory(servicesOf(context.topology));
  const begin = (instances: readonly InstancePlan[]) => {
    const common = { secrets, provider, directory, onStarted: beginStage() };
    return settled(
      instances.map(async (instance) => {
        const variables = variablesOf(instance.workload, stores, secrets);
        const pair = await startPair(context, {
          ...common,
          instance,
          variables,
          ports: portsOf(instance, ports),
        });
        started.pairs.push(pair);
      }),
    );
  };
  await progress.step(
    "services and their sidecars",
    () => begin(plan.services),
    () => names(plan.services),
  );
  await progress.step(
    "gateway and its sidecar",
    () => begin([plan.gateway]),
    () => names([plan.gateway]),
  );
  await progress.step("healthy through the mesh", () => waitUntilHealthy(context, started.pairs));
}

/** Ends everything in the reverse order of its start. */
export async function endParts(started: Started, how: "stop" | "kill"): Promise<void> {
  for (const stage of [...started.stages].reverse()) {
    // Within a pair the application goes first: what it still has to finish may need its sidecar.
    const [applications, sidecars] = [
      stage.filter(isApplication),
      stage.filter((process) => !isApplication(process)),
    ];
    for (const group of [applications, sidecars]) await Promise.all(group.map((process) => process[how]()));
  }
  await started.secrets?.[Symbol.asyncDispose]();
}

function isApplication({ name }: Supervised): boolean {
  return !name.endsWith("-envoy");
}

function names(instances: readonly InstancePlan[]): string {
  return instances.map(({ name, implementation }) => `${name} (${implementation.language})`).join(", ");
}

function portsOf({ workload, ordinal }: InstancePlan, { edge, developer }: ShopPorts) {
  const own = developer.get(workload);
  if (own === undefined) return { edge };
  return { mesh: 0, developer: ordinal === 1 ? own : 0 };
}

const IDENTITY = { TRUST_DOMAIN: "theseus.local", TOKEN_SUBJECT_PREFIX: "users/", ADMIN_ROLE: "admin" };

function variablesOf(
  workload: string,
  stores: ShopStores,
  secrets: Secrets,
): Readonly<Record<string, string>> {
  switch (workload) {
    case "user":
      return {
        ...stores.variables.user,
        ...IDENTITY,
        TOKEN_ISSUER: "https://theseus.local",
        TOKEN_AUDIENCE: "shop",
        SIGNING_KEYS: secrets.signingKeys.privateFile,
        BOOTSTRAP_ADMIN: secrets.files.bootstrapAdmin,
      };
    case "inventory":
    case "payment":
      return { ...stores.variables[workload], ...IDENTITY };
    default:
      return {};
  }
}

function startProvider(
  context: ShopContext,
  plan: ShopPlan,
  secrets: Secrets,
  port: number,
): Promise<Supervised> {
  const { home, env } = context;
  const { certificate, privateKey, trustBundle } = secrets.provider.server;
  const folder = join(home.data, "provider");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return superviseIn(
    context,
    applicationProcess({
      name: "provider",
      implementation: plan.provider,
      listen: `127.0.0.1:${port}`,
      variables: {
        LEDGER: join(folder, "ledger.jsonl"),
        TLS_CERT: certificate,
        TLS_KEY: privateKey,
        TLS_CLIENT_CA: trustBundle,
      },
      logs: home.logs,
      env,
    }),
  );
}

/** Until every sidecar's own active checks find every peer that it may call. */
async function waitUntilHealthy(
  { policy, topology, signal }: ShopContext,
  pairs: readonly Pair[],
): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (const { instance, paths } of pairs) {
    const peers = peersOf(policy, topology, instance.workload);
    for (let missing = peers; missing.length > 0; await sleep(50, undefined, { signal })) {
      missing = await unreachable(paths.admin, peers);
      if (missing.length > 0 && Date.now() > deadline) {
        throw new Fault(
          `${instance.name} finds no healthy ${missing.join(", ")} through the mesh.`,
          `See theseus logs ${missing[0]}-1 and theseus logs ${instance.name}-envoy.`,
        );
      }
      if (missing.length === 0) break;
    }
  }
}

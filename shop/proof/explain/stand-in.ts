import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Message } from "@theseus/mesh/envoy";
import { localRequest } from "@theseus/runtime/control";
import type { Ground } from "./ground.js";

/** In what a stand-in differs from the sidecar in whose place it is. */
export interface Alteration {
  /** HTTP filters before all others of the mesh's listener. */
  readonly filters?: readonly Message[];
  /** Folder of the identity that it shows. */
  readonly identity?: string;
  /** Socket of what it takes for its application. */
  readonly application?: string;
}

/** An Envoy of the same configuration as an instance's sidecar, but for one thing. It writes into the same logs. */
export interface StandIn extends AsyncDisposable {
  /** Where others call it, with mutual TLS. */
  readonly port: number;
}

/** The parts of a sidecar's configuration that are changed or looked at. */
interface Bootstrap {
  static_resources: { listeners: MeshListener[] };
}

interface MeshListener {
  readonly name: string;
  readonly address: { readonly socket_address: { port_value: number } };
  readonly filter_chains: readonly {
    readonly filters: readonly { readonly typed_config: { http_filters?: Message[] } }[];
  }[];
}

export async function startStandIn(
  ground: Ground,
  instance: string,
  alteration: Alteration,
): Promise<StandIn> {
  const folder = mkdtempSync(join(tmpdir(), "stand-in-"));
  const admin = join(folder, "admin.sock");
  const file = join(folder, "envoy.json");
  writeFileSync(file, JSON.stringify(configOf(ground, instance, { ...alteration, admin })), { mode: 0o600 });
  const options = ["--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"];
  const times = ["--drain-time-s", "1", "--file-flush-interval-msec", "500"];
  const child = spawn(ground.envoy, ["--config-path", file, ...options, ...times], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const end = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true });
  };
  try {
    return { port: await portOf(admin, child), [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The configuration of an instance's sidecar, with what is altered: its mesh's listener alone, on a port of its own. */
function configOf(
  { run, identities }: Ground,
  instance: string,
  { admin, filters = [], identity, application }: Alteration & { readonly admin: string },
): Bootstrap {
  const own = (name: string) => join(run, instance, name);
  const text = readFileSync(own("envoy.json"), "utf8")
    .replaceAll(own("admin.sock"), admin)
    .replaceAll(own("app.sock"), application ?? own("app.sock"))
    .replaceAll(join(identities, instance), identity ?? join(identities, instance));
  const config = JSON.parse(text) as Bootstrap;
  const listeners = config.static_resources.listeners.filter(({ name }) => name === "mesh");
  for (const { address, filter_chains } of listeners) {
    address.socket_address.port_value = 0;
    for (const { typed_config } of filter_chains.flatMap((chain) => chain.filters))
      typed_config.http_filters?.unshift(...filters);
  }
  config.static_resources.listeners = listeners;
  return config;
}

/** Waits for it to listen. */
async function portOf(admin: string, child: { readonly exitCode: number | null }): Promise<number> {
  for (let left = 300; left > 0; left--) {
    if (child.exitCode !== null) throw new Error(`a stand-in ended with ${child.exitCode}`);
    const answer = await localRequest({
      at: { socketPath: admin },
      path: "/listeners?format=json",
      timeoutMs: 2_000,
    }).catch(() => undefined);
    const port = answer?.status === 200 ? portIn(answer.body) : 0;
    if (port > 0) return port;
    await sleep(100);
  }
  throw new Error("a stand-in does not listen");
}

function portIn(body: string): number {
  const { listener_statuses: [mesh] = [] } = JSON.parse(body) as {
    readonly listener_statuses?: readonly {
      readonly local_address: { readonly socket_address: { readonly port_value: number } };
    }[];
  };
  return mesh?.local_address.socket_address.port_value ?? 0;
}

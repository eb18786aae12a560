import { join } from "node:path";
import type { ProcessSpec } from "../process/child.js";
import { inheritedEnvironment } from "../process/inherited-environment.js";
import { provisionRedis } from "../provision/redis.js";
import type { Provisioning } from "../provision/tool.js";
import { ping, redisHealth } from "./store-health.js";
import { type RunningStore, type StoreOptions, type StoreProcess, startStore } from "./store-process.js";

interface RedisProcessOptions {
  readonly name: string;
  readonly dir: string;
  /** Short private folder for its socket. */
  readonly socketFolder: string;
  readonly logFile?: string;
}

/** Redis on a private unix socket, with every acknowledged write on the disk. */
export async function redisProcess(
  { name, dir, socketFolder, logFile }: RedisProcessOptions,
  provisioning: Provisioning,
): Promise<StoreProcess> {
  const { file, version } = await provisionRedis(provisioning);
  const socket = join(socketFolder, "redis.sock");
  const spec: ProcessSpec = {
    name,
    command: [
      file,
      ...["--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", dir],
      ...["--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction"],
      ...["--daemonize", "no"],
    ],
    cwd: dir,
    env: inheritedEnvironment(provisioning.env),
    readyWhen: {
      probe: async () =>
        (await ping(socket, 1_000)).startsWith("+PONG") ? { address: `unix:${socket}`, version } : undefined,
    },
    healthCheck: redisHealth(socket),
    readyWithinMs: 30_000,
    stopWithinMs: 10_000,
    ...(logFile === undefined ? {} : { logFile }),
  };
  return {
    spec,
    version,
    engine: file.endsWith("valkey-server") ? "valkey" : "redis",
    url: `unix://${socket}`,
  };
}

/** Starts a Redis of one's own; `REDIS_URL` is not looked at. */
export function startRedis(options: StoreOptions = {}): Promise<RunningStore> {
  const { logFile } = options;
  return startStore(options, ({ dir, socketFolder }, provisioning) =>
    redisProcess(
      { name: "redis", dir, socketFolder, ...(logFile === undefined ? {} : { logFile }) },
      provisioning,
    ),
  );
}

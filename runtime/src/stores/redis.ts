import { createConnection } from "node:net";
import { join } from "node:path";
import type { ProcessSpec } from "../process/child.js";
import { inheritedEnvironment } from "../process/inherited-environment.js";
import { provisionRedis } from "../provision/redis.js";
import type { Provisioning } from "../provision/tool.js";
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
      probe: async () => ((await answersPing(socket)) ? { address: `unix:${socket}`, version } : undefined),
    },
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

function answersPing(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    const done = (answer: boolean) => {
      connection.destroy();
      resolve(answer);
    };
    connection.setTimeout(1_000, () => done(false));
    connection.once("error", () => done(false));
    // While it loads its data it answers -LOADING.
    connection.once("data", (data) => done(data.toString().startsWith("+PONG")));
    connection.write("PING\r\n");
  });
}

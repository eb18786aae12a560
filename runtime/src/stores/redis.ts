import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inheritedEnvironment } from "../process/inherited-environment.js";
import type { ProcessSpec } from "../process/process-spec.js";
import { provisionRedis } from "../provision/redis.js";
import type { Provisioning } from "../provision/tool.js";
import { type RedisAccess, toAclFile } from "./redis-users.js";
import { ping, redisHealth } from "./store-health.js";
import { type RunningStore, type StoreOptions, type StoreProcess, startStore } from "./store-process.js";
import type { StoreUser, StoreUsers } from "./store-users.js";

interface RedisProcessOptions {
  readonly name: string;
  readonly dir: string;
  /** Short private folder for its socket. */
  readonly socketFolder: string;
  readonly users: StoreUsers;
  /** What its service may do. */
  readonly access: RedisAccess | "all";
  readonly logFile?: string;
}

/** Redis on a private unix socket, with every acknowledged write on the disk, for its users alone. */
export async function redisProcess(
  { name, dir, socketFolder, users, access, logFile }: RedisProcessOptions,
  provisioning: Provisioning,
): Promise<StoreProcess> {
  const { file, version } = await provisionRedis(provisioning);
  const socket = join(socketFolder, "redis.sock");
  const acl = join(dir, "users.acl");
  const place = { socket, user: users.supervisor };
  const spec: ProcessSpec = {
    name,
    command: [
      file,
      ...["--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", dir, "--aclfile", acl],
      ...["--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction"],
      ...["--daemonize", "no"],
    ],
    cwd: dir,
    env: inheritedEnvironment(provisioning.env),
    readyWhen: {
      probe: async () =>
        (await ping(place, 1_000)).startsWith("+PONG") ? { address: `unix:${socket}`, version } : undefined,
    },
    healthCheck: redisHealth(place),
    readyWithinMs: 30_000,
    stopWithinMs: 10_000,
    prepare: () => writeFileSync(acl, toAclFile(users, access), { mode: 0o600 }),
    ...(logFile === undefined ? {} : { logFile }),
  };
  return {
    spec,
    version,
    engine: file.endsWith("valkey-server") ? "valkey" : "redis",
    url: urlOf(socket, users.service),
    readUrl: urlOf(socket, users.reader),
  };
}

/** With a host, without which a URL cannot have a user. */
function urlOf(socket: string, { name, password }: StoreUser): string {
  return `unix://${name}:${password}@localhost${socket}`;
}

export interface RedisOptions extends StoreOptions {
  /** What the user of the URL may do. Default: everything. */
  readonly access?: RedisAccess;
}

/** Starts a Redis of one's own; `REDIS_URL` is not looked at. */
export function startRedis(options: RedisOptions = {}): Promise<RunningStore> {
  const { access = "all" } = options;
  return startStore(options, (place, provisioning) =>
    redisProcess({ name: "redis", ...place, access }, provisioning),
  );
}

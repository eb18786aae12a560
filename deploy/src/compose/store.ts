import type { SystemWorkload } from "@theseus/runtime/system";
import { storeName } from "../names.js";
import { images } from "./images.js";
import { bashCheck, type ComposeService, healthCheck } from "./service.js";

/** Where a workload finds its own store; undefined when it keeps nothing. */
export function storeUrl(workload: SystemWorkload): string | undefined {
  const { store } = workload;
  const host = storeName(workload);
  switch (store.kind) {
    case "none":
      return undefined;
    case "redis":
      return `redis://${host}:6379`;
    case "mongodb":
      return `mongodb://${host}:27017/${store.database}?directConnection=true&w=1&journal=true`;
    default:
      return store satisfies never;
  }
}

/** A workload's own store, in a network that it shares with nobody else; undefined when it keeps nothing. */
export function storeService(workload: SystemWorkload): ComposeService | undefined {
  const name = storeName(workload);
  switch (workload.store.kind) {
    case "none":
      return undefined;
    case "redis":
      return {
        image: images.redis,
        command: [
          ...["redis-server", "--appendonly", "yes", "--appendfsync", "always"],
          ...["--save", "", "--maxmemory-policy", "noeviction"],
        ],
        networks: [name],
        volumes: [`${name}:/data:z`],
        healthcheck: healthCheck("redis-cli", "ping"),
        mem_limit: "256m",
      };
    case "mongodb":
      return {
        image: images.mongodb,
        networks: [name],
        volumes: [`${name}:/data/db:z`],
        healthcheck: bashCheck(": < /dev/tcp/127.0.0.1/27017"),
        mem_limit: "768m",
      };
    default:
      return workload.store satisfies never;
  }
}

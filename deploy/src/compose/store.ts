import type { SystemWorkload } from "@theseus/runtime/system";
import { storeName, storeSecretsVolume, storeUsersName } from "../names.js";
import { places } from "../places.js";
import type { ComposeContext } from "./context.js";
import { images, ownImage } from "./images.js";
import { after, bashCheck, type ComposeService, type Condition } from "./service.js";

/** A workload's own store and what it needs, in a network that it shares with its application alone; empty when it keeps nothing. */
export function storeServices(
  context: ComposeContext,
  workload: SystemWorkload,
): Record<string, ComposeService> {
  const name = storeName(workload);
  switch (workload.store.kind) {
    case "none":
      return {};
    case "redis":
      return { [name]: redis(workload) };
    case "mongodb":
      return { [name]: mongodb(workload), [storeUsersName(workload)]: mongodbUsers(context, workload) };
    default:
      return workload.store satisfies never;
  }
}

/** What its application waits for. */
export function storeReady(workload: SystemWorkload): readonly (readonly [string, Condition])[] {
  switch (workload.store.kind) {
    case "none":
      return [];
    case "redis":
      return [[storeName(workload), "service_healthy"]];
    case "mongodb":
      return [[storeUsersName(workload), "service_completed_successfully"]];
    default:
      return workload.store satisfies never;
  }
}

/** Redis reads its users from a file. */
function redis(workload: SystemWorkload): ComposeService {
  const ping = `REDISCLI_AUTH=$$(cat ${places.supervisorPassword}) redis-cli --user supervisor ping`;
  return {
    ...store(workload, "/data"),
    image: images.redis,
    command: [
      ...["redis-server", "--aclfile", places.acl, "--appendonly", "yes", "--appendfsync", "always"],
      ...["--save", "", "--maxmemory-policy", "noeviction"],
    ],
    healthcheck: bashCheck(`[[ $$(${ping}) == PONG ]]`),
    mem_limit: "256m",
  };
}

function mongodb(workload: SystemWorkload): ComposeService {
  return {
    ...store(workload, "/data/db"),
    image: images.mongodb,
    command: ["mongod", "--auth", "--bind_ip_all"],
    healthcheck: bashCheck(": < /dev/tcp/127.0.0.1/27017"),
    mem_limit: "768m",
  };
}

function store(
  workload: SystemWorkload,
  data: string,
): Pick<ComposeService, "networks" | "volumes" | "depends_on"> {
  const name = storeName(workload);
  return {
    networks: [name],
    volumes: [`${name}:${data}:z`, `${storeSecretsVolume(workload)}:${places.secrets}:ro,z`],
    depends_on: after(["control", "service_healthy"]),
  };
}

/** A store without users lets the first one be made by whoever comes from its own loopback, and this does. */
function mongodbUsers({ version }: ComposeContext, workload: SystemWorkload): ComposeService {
  const name = storeName(workload);
  return {
    image: ownImage("control", version),
    command: ["store-users", workload.name],
    network_mode: `service:${name}`,
    volumes: [`${storeSecretsVolume(workload)}:${places.secrets}:ro,z`],
    depends_on: after(["control", "service_healthy"], [name, "service_healthy"]),
    restart: "on-failure",
    mem_limit: "128m",
  };
}

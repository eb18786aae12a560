import { chmod, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  keepStoreUsers,
  mongoUrl,
  type StoreUsers,
  type SystemWorkload,
  toAclFile,
} from "@theseus/runtime/system";
import { secretsVolume, storeName, storeSecretsVolume } from "../names.js";
import { places } from "../places.js";
import type { ControlContext } from "./control-context.js";

/** Tells each store its users, and its application the URL with the password. */
export async function writeStoreSecrets(context: ControlContext): Promise<void> {
  await mkdir(context.state("stores"), { recursive: true, mode: 0o700 });
  for (const workload of context.system.topology.workloads) {
    if (workload.store.kind === "none") continue;
    const users = await keepStoreUsers(context.state(`stores/${workload.name}.json`), workload.name);
    await writeUsers(workload, users, context.volume(storeSecretsVolume(workload)));
    const volume = secretsVolume(workload);
    if (volume === undefined) throw new Error(`${workload.name} has a store, and no variable for it`);
    await write(context.volume(volume), places.storeUrl, storeUrl(workload, users), 0o600);
  }
}

async function writeUsers(workload: SystemWorkload, users: StoreUsers, folder: string): Promise<void> {
  switch (workload.store.kind) {
    case "none":
      return;
    case "redis":
      // The store is another user, of the folder's group.
      await write(folder, places.acl, toAclFile(users, workload.store), 0o640);
      return write(folder, places.supervisorPassword, users.supervisor.password, 0o640);
    case "mongodb":
      return write(folder, places.storeUsers, JSON.stringify(users), 0o600);
    default:
      return workload.store satisfies never;
  }
}

function storeUrl(workload: SystemWorkload, { service }: StoreUsers): string {
  const { store } = workload;
  switch (store.kind) {
    case "none":
      throw new Error(`${workload.name} has no store`);
    case "redis":
      return `redis://${service.name}:${service.password}@${storeName(workload)}:6379`;
    case "mongodb":
      return mongoUrl(service, `${storeName(workload)}:27017`, store.database);
    default:
      return store satisfies never;
  }
}

async function write(folder: string, place: string, content: string, mode: number): Promise<void> {
  const path = join(folder, basename(place));
  await writeFile(path, content, { mode });
  await chmod(path, mode);
}

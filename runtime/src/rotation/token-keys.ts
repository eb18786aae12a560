import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { tokenFilterFile } from "@theseus/mesh/envoy";
import type { PublicKey, SigningKeys } from "@theseus/mesh/identity";
import type { IdentityScheme } from "@theseus/mesh/topology";
import { keepJson } from "../pair/directory.js";
import { takenTokenFilter } from "../pair/envoy-admin.js";
import type { SidecarPlace } from "../pair/sidecar-place.js";
import { untilTaken } from "../pair/until-taken.js";

/** The keys that sidecars check access tokens with, told to each of them by a file of its own. */
export interface TokenKeys {
  /** Tells the keys to one more sidecar; it has to be told before it starts. */
  addReader(sidecar: SidecarPlace): void;
  /** The sidecar of this folder has ended: it is neither told nor waited for any more. */
  removeReader(xds: string): void;
  /** Tells other keys to all of them, and waits until each has taken them; else throws a Fault that names those that have not. */
  publish(keys: readonly PublicKey[]): Promise<void>;
}

export interface TokenKeysOptions {
  readonly identity: IdentityScheme;
  /** How long sidecars have for taking other keys. Default 30,000 ms. */
  readonly limitMs?: number;
  readonly signal?: AbortSignal;
}

/** Begins with the keys that there are. */
export async function openTokenKeys(
  keys: Pick<SigningKeys, "publicKeys">,
  { identity, ...limits }: TokenKeysOptions,
): Promise<TokenKeys> {
  const readers = new Map<string, SidecarPlace>();
  let file = tokenFilterFile(identity, await keys.publicKeys());
  const write = ({ xds }: SidecarPlace) => keepJson(join(xds, file.name), file.content);
  return {
    addReader(sidecar) {
      mkdirSync(sidecar.xds, { recursive: true, mode: 0o700 });
      readers.set(sidecar.xds, sidecar);
      write(sidecar);
    },
    removeReader(xds) {
      readers.delete(xds);
    },
    async publish(next) {
      file = tokenFilterFile(identity, next);
      const { version } = file;
      for (const reader of readers.values()) write(reader);
      await untilTaken({
        sidecars: () => readers.values(),
        isTaken: async ({ admin }) => (await takenTokenFilter(admin)) === version,
        what: "the keys of access tokens",
        ...limits,
      });
    },
  };
}

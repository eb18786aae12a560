import { setTimeout as sleep } from "node:timers/promises";
import type { KeyRotation, SigningKeys } from "@theseus/mesh/identity";
import type { TokenKeys } from "./token-keys.js";

/** What a rotation of keys has come to. Keys are named by their ids. */
export type KeyStep =
  | ({ readonly step: "signing" } & KeyRotation)
  | { readonly step: "removed"; readonly retired: string };

export interface RotateKeys {
  readonly keys: SigningKeys;
  readonly readers: TokenKeys;
  /** Told when the next key signs and until when the old one is known, and when that is removed. */
  readonly onStep: (step: KeyStep) => void;
  readonly signal: AbortSignal;
}

/**
 * Lets the next key sign, once every sidecar knows it and the one after it; removes the old one from every sidecar when no
 * token of it is taken any more, which is a minute later. Throws a Fault that names the sidecars that have not taken a
 * change; whatever happened, another call finishes it, and until then all tokens are good. A rotation may begin while
 * another's old key is still known.
 */
export async function rotateKeys(options: RotateKeys): Promise<void> {
  const { keys, readers, onStep } = options;
  const rotation = await keys.rotate(readers.publish);
  onStep({ step: "signing", ...rotation });
  await removeUntil(options, rotation.removableAt);
  onStep({ step: "removed", retired: rotation.retired });
}

/** Removes the keys whose time is over at a moment, when it has come; `keepRetiredKeysShort` may have been before. */
async function removeUntil({ keys, readers, signal }: RotateKeys, time: Date): Promise<void> {
  for (;;) {
    const next = await keys.removeRetired(readers.publish);
    if (next === undefined || next > time) return;
    await sleep(Math.max(1, next.getTime() - Date.now()), undefined, { signal });
  }
}

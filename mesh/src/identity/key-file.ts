import { readFile } from "node:fs/promises";
import { assertPrivate, createPrivateFile, replacePrivateFile } from "./private-file.js";
import type { SigningKey } from "./signing-key.js";

/** The keys of access tokens, as their private file has them. */
export interface StoredKeys {
  /** The key that signs, the next one, and while a rotation is under way the one after it. */
  readonly live: readonly SigningKey[];
  readonly retired: readonly RetiredKey[];
}

/** A key that signs nothing more: tokens that it signed may still be under way. */
export interface RetiredKey {
  readonly key: SigningKey;
  readonly since: Date;
}

/**
 * A JWK set, the key that signs first and the retired ones last. Who signs is to ignore the member `retired`, as RFC 7517
 * says of members that one does not know: it has since when each of them is.
 */
interface KeyFile {
  readonly keys: readonly SigningKey[];
  readonly retired?: Readonly<Record<string, string>>;
}

/** Throws `ExposedFileError` when others may read it. */
export async function readKeyFile(path: string): Promise<StoredKeys> {
  await assertPrivate(path);
  const { keys, retired = {} } = JSON.parse(await readFile(path, "utf8")) as KeyFile;
  const since = new Map(Object.entries(retired));
  return {
    live: keys.filter(({ kid }) => !since.has(kid)),
    retired: keys.flatMap((key) => {
      const time = since.get(key.kid);
      return time === undefined ? [] : [{ key, since: new Date(time) }];
    }),
  };
}

/** False when there is one: it stays. */
export function createKeyFile(path: string, keys: StoredKeys): Promise<boolean> {
  return createPrivateFile(path, toText(keys));
}

export function replaceKeyFile(path: string, keys: StoredKeys): Promise<void> {
  return replacePrivateFile(path, toText(keys));
}

function toText({ live, retired }: StoredKeys): string {
  const since = Object.fromEntries(retired.map(({ key, since }) => [key.kid, since.toISOString()]));
  const file: KeyFile = {
    keys: [...live, ...retired.map(({ key }) => key)],
    ...(retired.length > 0 && { retired: since }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

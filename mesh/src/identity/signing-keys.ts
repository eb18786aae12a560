import { join } from "node:path";
import { createKeyFile, type RetiredKey, readKeyFile, replaceKeyFile, type StoredKeys } from "./key-file.js";
import { isCode } from "./private-file.js";
import { createSigningKey, type PublicKey, type SigningKey, toPublic } from "./signing-key.js";

/**
 * A retired key goes when no token of it is taken any more: 50 s of a token's life, 5 s by which clocks differ, and 5 s in
 * which every signer has read the file again (it has to within one).
 */
const retiredMs = 60_000;

export interface SigningKeysOptions {
  /** How long a retired key is still known. Default 60,000 ms; shorter only where tokens live shorter. */
  readonly retiredMs?: number;
  readonly now?: () => Date;
}

/** Tells keys to everybody who checks tokens; resolves when each of them knows these, and no others. */
export type PublishKeys = (keys: readonly PublicKey[]) => Promise<void>;

export interface SigningKeys {
  /** Private JWK set: the first key signs, all are to be published. */
  readonly privateFile: string;
  /** What has to be known to whoever checks tokens. */
  publicKeys(): Promise<readonly PublicKey[]>;
  /**
   * Makes one more key, and when everybody knows it lets the next one sign: so the key that signs is known everywhere before
   * it does. A call after one that failed or was killed finishes what that one began.
   */
  rotate(publish: PublishKeys): Promise<KeyRotation>;
  /**
   * Removes the retired keys whose time is over: everybody forgets them first. Answers when the next one's time is; undefined
   * when there is none.
   */
  removeRetired(publish: PublishKeys): Promise<Date | undefined>;
}

/** Keys are named by their ids. */
export interface KeyRotation {
  readonly signing: string;
  readonly retired: string;
  /** From when on the retired key may be removed. */
  readonly removableAt: Date;
}

/** Opens the keys kept in a folder, and makes them when there are none. */
export async function openSigningKeys(
  folder: string,
  options: SigningKeysOptions = {},
): Promise<SigningKeys> {
  const times: Times = { retiredMs, now: () => new Date(), ...options };
  const privateFile = join(folder, "signing-keys.json");
  await ensureKeyFile(privateFile);
  const inTurn = createTurns();
  return {
    privateFile,
    publicKeys: async () => publicKeysOf(await readKeyFile(privateFile)),
    rotate: (publish) => inTurn(() => rotate(privateFile, publish, times)),
    removeRetired: (publish) => inTurn(() => removeRetired(privateFile, publish, times)),
  };
}

async function ensureKeyFile(path: string): Promise<void> {
  try {
    await readKeyFile(path);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
    await createKeyFile(path, { live: [createSigningKey(), createSigningKey()], retired: [] });
  }
}

type Times = Required<SigningKeysOptions>;

async function rotate(path: string, publish: PublishKeys, times: Times): Promise<KeyRotation> {
  const { live, retired } = await announce(path);
  await publish(publicKeysOf({ live, retired }));
  const [old, signing, ...others] = live;
  if (old === undefined || signing === undefined) throw new Error(`${path} holds no two keys`);
  const now = { key: old, since: times.now() };
  await replaceKeyFile(path, { live: [signing, ...others], retired: [...retired, now] });
  return { signing: signing.kid, retired: old.kid, removableAt: removableAt(now, times) };
}

/** The keys with one after the next, which a rotation that did not come to its end may have made. */
async function announce(path: string): Promise<StoredKeys> {
  const keys = await readKeyFile(path);
  if (keys.live.length > 2) return keys;
  const more = { ...keys, live: [...keys.live, createSigningKey()] };
  await replaceKeyFile(path, more);
  return more;
}

async function removeRetired(path: string, publish: PublishKeys, times: Times): Promise<Date | undefined> {
  const { live, retired } = await readKeyFile(path);
  const kept = retired.filter((key) => removableAt(key, times) > times.now());
  if (kept.length < retired.length) {
    await publish(publicKeysOf({ live, retired: kept }));
    await replaceKeyFile(path, { live, retired: kept });
  }
  const [first] = kept.map((key) => removableAt(key, times).getTime()).sort((a, b) => a - b);
  return first === undefined ? undefined : new Date(first);
}

function removableAt({ since }: RetiredKey, times: Times): Date {
  return new Date(since.getTime() + times.retiredMs);
}

/** In an order that no rotation changes: what everybody knows already is not told again. */
function publicKeysOf({ live, retired }: StoredKeys): readonly PublicKey[] {
  const keys: SigningKey[] = [...live, ...retired.map(({ key }) => key)];
  return keys.sort((one, other) => (one.kid < other.kid ? -1 : 1)).map(toPublic);
}

/** Runs one after the other: each reads the file that the one before has written. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  };
}

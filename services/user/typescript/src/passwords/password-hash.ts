import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** The cost of a hash is the binary logarithm of scrypt's N. The bounds are those of new hashes and of stored ones. */
export const PASSWORD_COST = { min: 10, max: 20, default: 17 } as const;

const BLOCK_SIZE = 8;
const PARALLELISM = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$scrypt\$ln=([0-9]{2}),r=8,p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** `$scrypt$ln=17,r=8,p=1$<salt>$<hash>`, base64 without padding. */
export async function hashPassword(password: string, cost: number): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return format(cost, salt, await derive(password, salt, cost));
}

/** Throws for a stored text that is no such hash or whose cost is out of bounds, without computing anything. */
export async function matchesPassword(password: string, stored: string): Promise<boolean> {
  const [, ln, salt, hash] = PHC.exec(stored) ?? [];
  const cost = Number(ln);
  if (salt === undefined || hash === undefined || cost < PASSWORD_COST.min || cost > PASSWORD_COST.max) {
    throw new Error("a stored password is not a scrypt hash that this service makes");
  }
  const derived = await derive(password, Buffer.from(salt, "base64"), cost);
  return timingSafeEqual(derived, Buffer.from(hash, "base64"));
}

/** A hash of a given cost for which no password is known. */
export function unmatchableHash(cost: number): string {
  return format(cost, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES));
}

/** Runs on libuv's threads, in 128 · N · r bytes. */
function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  const N = 2 ** cost;
  const options = { N, r: BLOCK_SIZE, p: PARALLELISM, maxmem: 2 * 128 * N * BLOCK_SIZE };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function format(cost: number, salt: Buffer, hash: Buffer): string {
  return `$scrypt$ln=${cost},r=${BLOCK_SIZE},p=${PARALLELISM}$${encode(salt)}$${encode(hash)}`;
}

function encode(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}

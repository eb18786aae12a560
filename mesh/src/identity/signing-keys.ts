import { createPrivateKey, generateKeyPairSync, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { assertPrivate, createPrivateFile, isCode, replacePrivateFile } from "./private-file.js";

/** An EC P-256 key for ES256 signatures, as RFC 7517 writes it. */
export interface SigningKey {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly alg: "ES256";
  readonly use: "sig";
  readonly kid: string;
  readonly x: string;
  readonly y: string;
  readonly d: string;
}

export type PublicKey = Omit<SigningKey, "d">;

export interface SigningKeys {
  /** Private file `{"keys":[current, next]}`: the first signs. */
  readonly privateFile: string;
  /** Public keys (JWKS) that sidecars check tokens with: current, next and the one retired last. */
  readonly publicFile: string;
  /** Lets the next key sign and makes a new next one. Leave at least a token's lifetime between two rotations. */
  rotate(): Promise<void>;
}

/** Opens the keys kept in a folder, and makes them when there are none. */
export async function openSigningKeys(folder: string): Promise<SigningKeys> {
  const privateFile = join(folder, "signing-keys.json");
  const publicFile = join(folder, "jwks.json");
  await createMissing(privateFile, () => ({ keys: [createSigningKey(), createSigningKey()] }));
  await assertPrivate(privateFile);
  const stored = await readKeys(privateFile);
  await createMissing(publicFile, () => ({ keys: stored.map(toPublic) }));
  return { privateFile, publicFile, rotate: () => rotate(privateFile, publicFile) };
}

/**
 * By way of PEM: a key as the generation answers it has one lock with the generation, and where that is collected while the
 * key is exported Node 20 waits for itself, for ever.
 */
export function createSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const { x, y, d } = createPrivateKey(privateKey).export({ format: "jwk" });
  if (x === undefined || y === undefined || d === undefined) throw new Error("not an elliptic key");
  return { kty: "EC", crv: "P-256", alg: "ES256", use: "sig", kid: randomUUID(), x, y, d };
}

export function toPublic({ d: _secret, ...key }: SigningKey): PublicKey {
  return key;
}

/** The public file first: a key must be known everywhere before anything is signed with it. */
async function rotate(privateFile: string, publicFile: string): Promise<void> {
  const [retired, ...rest] = await readKeys(privateFile);
  const keys = [...rest, createSigningKey()];
  const known = [...keys.map(toPublic), ...(retired === undefined ? [] : [toPublic(retired)])];
  await replacePrivateFile(publicFile, toJson({ keys: known }));
  await replacePrivateFile(privateFile, toJson({ keys }));
}

async function readKeys(path: string): Promise<readonly SigningKey[]> {
  const { keys } = JSON.parse(await readFile(path, "utf8")) as { readonly keys: readonly SigningKey[] };
  return keys;
}

async function createMissing(path: string, content: () => unknown): Promise<void> {
  try {
    await readFile(path);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
    await createPrivateFile(path, toJson(content()));
  }
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

import { createECDH, createPrivateKey, type KeyObject } from "node:crypto";

/** A key pair for ES256. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly x: string;
  readonly y: string;
  /** The private number, 32 bytes. */
  readonly secret: Buffer;
}

/** The first one signs; all are published. */
export type SigningKeys = readonly [SigningKey, ...SigningKey[]];

/** Throws an Error that says what is wrong and repeats no key. */
export function parseSigningKeys(json: string): SigningKeys {
  const { keys } = parseObject(json);
  if (!Array.isArray(keys)) throw new Error(WANTED);
  const [first, ...rest] = keys.map(toSigningKey);
  if (first === undefined) throw new Error(WANTED);
  const kids = new Set([first, ...rest].map((key) => key.kid));
  if (kids.size <= rest.length) throw new Error("two of its keys have the same kid");
  return [first, ...rest];
}

/** The secret of one of the keys, the same in whatever order they are: another one may come first while instances change. */
export function lastingSecretOf([first, ...others]: SigningKeys): Buffer {
  return others.reduce((least, key) => (isBefore(key.kid, least.kid) ? key : least), first).secret;
}

function isBefore(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
}

const SECRET_BYTES = 32;
const WANTED = 'must hold {"keys":[…]} with at least one private EC P-256 JWK that has a kid';

function toSigningKey(jwk: unknown, index: number): SigningKey {
  const { kty, crv, kid, x, y, d } = asRecord(jwk);
  if (kty !== "EC" || crv !== "P-256" || !isText(kid) || !isText(x) || !isText(y) || !isText(d)) {
    throw new Error(`keys[${index}] must be a private EC P-256 JWK with kid, x, y and d`);
  }
  if (publicPoint(d) !== `${x} ${y}`) {
    throw new Error(`keys[${index}] is not a valid key: d, x and y do not belong together`);
  }
  const privateKey = createPrivateKey({ format: "jwk", key: { kty, crv, x, y, d } });
  return { kid, privateKey, x, y, secret: toSecret(d) };
}

function toSecret(d: string): Buffer {
  const bytes = Buffer.from(d, "base64url");
  return Buffer.concat([Buffer.alloc(Math.max(0, SECRET_BYTES - bytes.length)), bytes]);
}

/** `x y` of the public key of a private key; undefined for what is no private key. */
function publicPoint(d: string): string | undefined {
  const pair = createECDH("prime256v1");
  try {
    pair.setPrivateKey(Buffer.from(d, "base64url"));
    const point = pair.getPublicKey();
    return `${point.toString("base64url", 1, 33)} ${point.toString("base64url", 33)}`;
  } catch {
    return undefined;
  }
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  try {
    return asRecord(JSON.parse(json));
  } catch {
    // The parser's message would quote the text.
    throw new Error(WANTED);
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

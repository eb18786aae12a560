import { createPrivateKey, generateKeyPairSync, randomUUID } from "node:crypto";

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

import { createPrivateKey, generateKeyPairSync, type JsonWebKey, sign } from "node:crypto";
import { identity } from "./identity.js";

/** A private signing key as the user service has it: P-256, with its id. */
export type SigningJwk = JsonWebKey & { readonly kid?: string };

/**
 * A new signing key. By way of PEM: a key as the generation answers it has one lock with the generation, and where that is
 * collected while the key is exported Node 20 waits for itself, for ever.
 */
export function createSigningJwk(kid: string): SigningJwk {
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return { ...createPrivateKey(privateKey).export({ format: "jwk" }), kid };
}

/**
 * An access token as the user service signs it, valid for 50 seconds. Other claims, another key (`kid` stays the right
 * one's) or another header make it one that must be refused.
 */
export function signAccessToken(
  key: SigningJwk,
  claims: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
): string {
  const now = Math.floor(Date.now() / 1000);
  const { issuer: iss, audience: aud } = identity;
  const usual = { iss, aud, sub: "users/u1", roles: ["customer"], sid: "s1", iat: now, exp: now + 50 };
  const parts = [
    { alg: "ES256", typ: "JWT", kid: key.kid, ...header },
    { ...usual, ...claims },
  ];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const privateKey = createPrivateKey({ key: { ...key }, format: "jwk" });
  const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";

/** Writes keys as the user service is handed them (SIGNING_KEYS). */
export function writeSigningKeys(path: string): void {
  const keys = ["conformance-1", "conformance-2"].map((kid) => ({
    ...newJwk(),
    kid,
    alg: "ES256",
    use: "sig",
  }));
  writeFileSync(path, JSON.stringify({ keys }), { mode: 0o600 });
}

/**
 * By way of PEM: a key as the generation answers it has one lock with the generation, and where that is collected while
 * the key is exported Node 20 waits for itself, for ever.
 */
function newJwk() {
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return createPrivateKey(privateKey).export({ format: "jwk" });
}

import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";

/** Writes keys as the user service is handed them (SIGNING_KEYS). */
export function writeSigningKeys(path: string): void {
  const keys = ["conformance-1", "conformance-2"].map((kid) => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return { ...privateKey.export({ format: "jwk" }), kid, alg: "ES256", use: "sig" };
  });
  writeFileSync(path, JSON.stringify({ keys }), { mode: 0o600 });
}

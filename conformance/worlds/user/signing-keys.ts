import { writeFileSync } from "node:fs";
import { createSigningJwk } from "@theseus/testing";

/** Writes keys as the user service is handed them (SIGNING_KEYS). */
export function writeSigningKeys(path: string): void {
  const keys = ["conformance-1", "conformance-2"].map((kid) => ({
    ...createSigningJwk(kid),
    alg: "ES256",
    use: "sig",
  }));
  writeFileSync(path, JSON.stringify({ keys }), { mode: 0o600 });
}

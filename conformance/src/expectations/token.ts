import { createPublicKey, verify } from "node:crypto";
import type { Fields, Value } from "../cases/value.js";

/** Header and claims of a JWT that one of the JSON Web Keys verifies (ES256), else undefined. */
export function verifiedToken(
  token: string,
  keys: readonly Fields[],
): { readonly header: Value; readonly claims: Value } | undefined {
  const [head = "", body = "", signature = ""] = token.split(".");
  const header = parse(head);
  const key = keys.find(({ kid }) => kid === header?.kid);
  const claims = parse(body);
  if (header === undefined || claims === undefined || key === undefined) return undefined;
  const { kty, crv, x, y } = key;
  const publicKey = createPublicKey({ format: "jwk", key: { kty, crv, x, y } as Record<string, string> });
  const isTrue = verify(
    "sha256",
    Buffer.from(`${head}.${body}`),
    { key: publicKey, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  return isTrue ? { header, claims } : undefined;
}

function parse(part: string): Fields | undefined {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString()) as Fields;
  } catch {
    return undefined;
  }
}

import { createPrivateKey, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSigningKey, type SigningKey, type SigningKeys } from "../../src/identity/index.js";
import { topology } from "./topology.js";

export interface Claims {
  readonly sub?: string;
  readonly roles?: readonly string[];
  readonly iss?: string;
  readonly aud?: string;
  readonly iat?: number;
  readonly exp?: number;
}

/** Signs access tokens as the user service does, and as somebody would who must not. */
export interface Tokens {
  issue(claims?: Claims): string;
  /** Right claims and key id, wrong key. */
  forge(claims?: Claims): string;
}

export async function openTokens({ privateFile }: SigningKeys): Promise<Tokens> {
  const { keys } = JSON.parse(await readFile(privateFile, "utf8")) as {
    readonly keys: readonly SigningKey[];
  };
  const [key] = keys;
  if (key === undefined) throw new Error("no signing key");
  return {
    issue: (claims) => toToken(key, key.kid, claims),
    forge: (claims) => toToken(createSigningKey(), key.kid, claims),
  };
}

const { identity } = topology;

function toToken(key: SigningKey, kid: string, claims: Claims = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: identity.tokenIssuer,
    aud: identity.tokenAudience,
    sub: `${identity.tokenSubjectPrefix}u1`,
    roles: ["customer"],
    sid: "s1",
    iat: now,
    exp: now + 600,
    ...claims,
  };
  const signed = `${encode({ alg: "ES256", typ: "JWT", kid })}.${encode(payload)}`;
  const privateKey = createPrivateKey({ key: { ...key }, format: "jwk" });
  const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

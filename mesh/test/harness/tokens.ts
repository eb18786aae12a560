import { readFile } from "node:fs/promises";
import { type SigningJwk, signAccessToken } from "@theseus/testing";
import { createSigningKey, type SigningKeys } from "../../src/identity/index.js";
import { topology } from "./topology.js";

export interface Claims {
  readonly sub?: string;
  readonly roles?: readonly string[];
  readonly iss?: string;
  readonly aud?: string;
  readonly iat?: number;
  readonly exp?: number;
}

/** Signs access tokens as whoever issues them does, and as somebody would who must not. */
export interface Tokens {
  issue(claims?: Claims): string;
  /** Right claims and key id, wrong key. */
  forge(claims?: Claims): string;
}

export async function openTokens({ privateFile }: SigningKeys): Promise<Tokens> {
  const { keys } = JSON.parse(await readFile(privateFile, "utf8")) as {
    readonly keys: readonly SigningJwk[];
  };
  const [key] = keys;
  if (key === undefined) throw new Error("no signing key");
  const { tokenIssuer: iss, tokenAudience: aud, tokenSubjectPrefix } = topology.identity;
  const usual = { iss, aud, sub: `${tokenSubjectPrefix}u1` };
  return {
    issue: (claims) => signAccessToken(key, { ...usual, ...claims }),
    forge: (claims) =>
      signAccessToken({ ...createSigningKey(), kid: key.kid ?? "" }, { ...usual, ...claims }),
  };
}

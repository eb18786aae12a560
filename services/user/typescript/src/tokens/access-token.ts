import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { SigningKeys } from "./signing-keys.js";

export interface AccessToken {
  readonly token: string;
  readonly expireTime: Date;
}

export interface AccessTokenHolder {
  /** Resource name. */
  readonly user: string;
  readonly roles: readonly string[];
  readonly session: string;
  /** When user and session were known to be there: the token's lifetime begins with it. */
  readonly seenTime: Date;
}

/** What every token says. */
export interface TokenOptions {
  readonly issuer: string;
  readonly audience: string;
}

export type IssueAccessToken = (holder: AccessTokenHolder) => Promise<AccessToken>;

const LIFETIME_S = 50;

/** `keys` answers those of the moment. */
export function createAccessTokens(
  keys: () => SigningKeys,
  { issuer, audience }: TokenOptions,
): IssueAccessToken {
  return async ({ user, roles, session, seenTime }) => {
    const [key] = keys();
    const issuedAt = Math.floor(seenTime.getTime() / 1000);
    const expiresAt = issuedAt + LIFETIME_S;
    const token = await new SignJWT({ roles: [...roles], sid: session })
      .setProtectedHeader({ alg: "ES256", typ: "JWT", kid: key.kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(user)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .setJti(randomUUID())
      .sign(key.privateKey);
    return { token, expireTime: new Date(expiresAt * 1000) };
  };
}

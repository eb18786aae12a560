import { randomUUID } from "node:crypto";
import type { Clock } from "@theseus/kit";
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
}

/** What every token says. */
export interface TokenOptions {
  readonly issuer: string;
  readonly audience: string;
}

export type IssueAccessToken = (holder: AccessTokenHolder) => Promise<AccessToken>;

const LIFETIME_S = 15 * 60;

export function createAccessTokens(
  [key]: SigningKeys,
  { issuer, audience }: TokenOptions,
  clock: Clock,
): IssueAccessToken {
  return async ({ user, roles, session }) => {
    const issuedAt = Math.floor(clock.now().getTime() / 1000);
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

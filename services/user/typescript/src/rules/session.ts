import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { ActiveUser } from "./user.js";

/** A document of `sessions`, as storage.md says. */
export interface StoredSession {
  readonly _id: string;
  readonly user: string;
  readonly create_time: Date;
  readonly expire_time: Date;
  /** The user's when the password was verified. */
  readonly password_changes?: number;
}

/** A document of `refresh_tokens`. The token was used when there is one of the next generation. */
export interface StoredRefreshToken {
  readonly _id: string;
  readonly user: string;
  readonly hash: string;
  readonly create_time: Date;
  readonly expire_time: Date;
}

export interface RefreshToken {
  readonly session: string;
  readonly generation: number;
  /** The whole token, as its holder has it. */
  readonly text: string;
}

const REFRESH_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
const RANDOM_BYTES = 32;
const TOKEN = /^([a-z0-9-]{1,64})\.(0|[1-9][0-9]{0,8})\.[A-Za-z0-9_-]{43}$/;

/** A session that begins with its first token, by the password that the user has in this document. */
export function newSession(
  { create_time, expire_time }: StoredRefreshToken,
  { session }: RefreshToken,
  { _id: user, password_changes }: ActiveUser,
): StoredSession {
  const changes = password_changes === undefined ? {} : { password_changes };
  return { _id: session, user, create_time, expire_time, ...changes };
}

/** False for a session that a change of the password has ended, whether or not its document is still there. */
export function isAlive(session: StoredSession, user: ActiveUser): boolean {
  return session._id === user.kept_session || session.password_changes === user.password_changes;
}

export function newRefreshToken(session: string, generation: number): RefreshToken {
  const random = randomBytes(RANDOM_BYTES).toString("base64url");
  return { session, generation, text: `${session}.${generation}.${random}` };
}

export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, session, generation] = TOKEN.exec(text) ?? [];
  return session === undefined ? undefined : { session, generation: Number(generation), text };
}

export function toStoredToken(token: RefreshToken, user: string, now: Date): StoredRefreshToken {
  return {
    _id: toTokenId(token.session, token.generation),
    user,
    hash: hashToken(token.text),
    create_time: now,
    expire_time: new Date(now.getTime() + REFRESH_LIFETIME_MS),
  };
}

export function toTokenId(session: string, generation: number): string {
  return `${session}#${generation}`;
}

export function isSameToken(stored: StoredRefreshToken, text: string): boolean {
  return timingSafeEqual(Buffer.from(stored.hash), Buffer.from(hashToken(text)));
}

function hashToken(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A document of `sessions`, as storage.md says. The session lives as long as the document. */
export interface StoredSession {
  readonly _id: string;
  readonly user: string;
  readonly create_time: Date;
  readonly expire_time: Date;
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

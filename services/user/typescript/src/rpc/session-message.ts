import type { Session } from "@theseus/contract/theseus/user/v1/session.js";
import type { RefreshToken } from "../rules/session.js";
import { type ActiveUser, toUserName } from "../rules/user.js";
import type { UserContext } from "../user-context.js";

export interface OpenSession {
  readonly user: ActiveUser;
  readonly token: RefreshToken;
  readonly refreshExpireTime: Date;
  /** Before user and session were read. */
  readonly seenTime: Date;
}

/** A session as its holder gets it, with a new access token. */
export async function toSession(
  { issueAccessToken }: Pick<UserContext, "issueAccessToken">,
  { user, token, refreshExpireTime, seenTime }: OpenSession,
): Promise<Session> {
  const holder = { user: toUserName(user._id), roles: user.roles, session: token.session, seenTime };
  const access = await issueAccessToken(holder);
  return {
    user: holder.user,
    accessToken: access.token,
    accessExpireTime: access.expireTime,
    refreshToken: token.text,
    refreshExpireTime,
  };
}

import type { Session } from "@theseus/contract/theseus/user/v1/session.js";
import type { UserServiceService } from "@theseus/contract/theseus/user/v1/user_service.js";
import { type Clock, ErrorReason, type Handlers, requireUser, StatusError } from "@theseus/kit";
import type { Passwords } from "../passwords/passwords.js";
import {
  isSameToken,
  newRefreshToken,
  parseRefreshToken,
  type RefreshToken,
  toStoredToken,
  toTokenId,
} from "../rules/session.js";
import { type ActiveUser, toEmailKey, toUserName } from "../rules/user.js";
import type { SessionStore } from "../store/session-store.js";
import type { UserStore } from "../store/user-store.js";
import type { IssueAccessToken } from "../tokens/access-token.js";
import { toJsonWebKeySet } from "../tokens/json-web-key-set.js";
import type { SigningKeys } from "../tokens/signing-keys.js";

export interface SessionServiceContext {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly passwords: Passwords;
  readonly issueAccessToken: IssueAccessToken;
  readonly signingKeys: SigningKeys;
  readonly clock: Clock;
  readonly newId: () => string;
}

export type SessionHandlers = Pick<
  Handlers<UserServiceService>,
  "createSession" | "refreshSession" | "deleteSession" | "getJsonWebKeySet"
>;

export function createSessionHandlers(context: SessionServiceContext): SessionHandlers {
  const { users, sessions, passwords, issueAccessToken, clock, newId } = context;
  const keySet = toJsonWebKeySet(context.signingKeys);
  return {
    async createSession({ email, password }, { signal }) {
      const user = await users.findByEmail(toEmailKey(email));
      const right = await passwords.matches(password, user?.password, signal);
      if (user === undefined || !right) throw credentialsInvalid();
      signal.throwIfAborted();
      const token = newRefreshToken(newId(), 0);
      const stored = toStoredToken(token, user._id, clock.now());
      await sessions.insertToken(stored);
      const { create_time, expire_time } = stored;
      await sessions.insert({ _id: token.session, user: user._id, create_time, expire_time });
      return answer(user, token, expire_time);
    },

    async refreshSession({ refreshToken }, { signal }) {
      const { presented, user } = await assertUsable(refreshToken);
      const token = newRefreshToken(presented.session, presented.generation + 1);
      const stored = toStoredToken(token, user._id, clock.now());
      signal.throwIfAborted();
      // The session must outlast its newest token, so it is extended first.
      if (!(await sessions.extend(token.session, stored.expire_time))) throw sessionInvalid();
      if (!(await sessions.insertToken(stored))) throw await endStolen(presented);
      return answer(user, token, stored.expire_time);
    },

    async deleteSession(_request, call) {
      await sessions.end(requireUser(call).sessionId);
      return {};
    },

    getJsonWebKeySet: async () => keySet,
  };

  async function assertUsable(text: string): Promise<{ presented: RefreshToken; user: ActiveUser }> {
    const presented = parseRefreshToken(text);
    if (presented === undefined) throw sessionInvalid();
    const { session, generation } = presented;
    const stored = await sessions.findToken(toTokenId(session, generation));
    if (stored === undefined || !isSameToken(stored, text)) throw sessionInvalid();
    const successor = await sessions.findToken(toTokenId(session, generation + 1));
    if (successor !== undefined) throw await endStolen(presented);
    const user = await users.find(stored.user);
    if (stored.expire_time <= clock.now() || user?.state !== "ACTIVE") throw sessionInvalid();
    return { presented, user };
  }

  /** Used twice: the holder or somebody else has a copy, and nobody can tell which. */
  async function endStolen({ session }: RefreshToken): Promise<StatusError> {
    await sessions.end(session);
    return sessionInvalid();
  }

  async function answer(user: ActiveUser, token: RefreshToken, refreshExpireTime: Date): Promise<Session> {
    const holder = { user: toUserName(user._id), roles: user.roles, session: token.session };
    const access = await issueAccessToken(holder);
    return {
      user: holder.user,
      accessToken: access.token,
      accessExpireTime: access.expireTime,
      refreshToken: token.text,
      refreshExpireTime,
    };
  }
}

function credentialsInvalid(): StatusError {
  const text = "e-mail address and password do not belong together";
  return new StatusError(ErrorReason.CREDENTIALS_INVALID, text);
}

function sessionInvalid(): StatusError {
  return new StatusError(ErrorReason.SESSION_INVALID, "the session cannot be refreshed; sign in again");
}

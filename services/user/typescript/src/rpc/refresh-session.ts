import type { Session } from "@theseus/contract/theseus/user/v1/session.js";
import type { RefreshSessionRequest } from "@theseus/contract/theseus/user/v1/user_service.js";
import { type Call, ErrorReason, StatusError } from "@theseus/kit";
import {
  isAlive,
  isSameToken,
  newRefreshToken,
  parseRefreshToken,
  type RefreshToken,
  toStoredToken,
  toTokenId,
} from "../rules/session.js";
import type { ActiveUser } from "../rules/user.js";
import type { UserContext } from "../user-context.js";
import { toSession } from "./session-message.js";

export async function refreshSession(
  context: UserContext,
  { refreshToken }: RefreshSessionRequest,
  { signal }: Call,
): Promise<Session> {
  const { sessions, clock } = context;
  const seenTime = clock.now();
  const { presented, user } = await assertUsable(context, refreshToken);
  const token = newRefreshToken(presented.session, presented.generation + 1);
  const stored = toStoredToken(token, user._id, clock.now());
  signal.throwIfAborted();
  // The session must outlast its newest token, so it is extended first.
  if (!(await sessions.extend(token.session, stored.expire_time))) throw sessionInvalid();
  if (!(await sessions.insertToken(stored))) throw await endStolen(context, presented);
  return toSession(context, { user, token, refreshExpireTime: stored.expire_time, seenTime });
}

async function assertUsable(
  context: UserContext,
  text: string,
): Promise<{ readonly presented: RefreshToken; readonly user: ActiveUser }> {
  const { users, sessions, clock } = context;
  const presented = parseRefreshToken(text);
  if (presented === undefined) throw sessionInvalid();
  const { session, generation } = presented;
  const stored = await sessions.findToken(toTokenId(session, generation));
  if (stored === undefined || !isSameToken(stored, text)) throw sessionInvalid();
  const successor = await sessions.findToken(toTokenId(session, generation + 1));
  if (successor !== undefined) throw await endStolen(context, presented);
  const [user, begun] = await Promise.all([users.find(stored.user), sessions.find(session)]);
  if (user?.state !== "ACTIVE" || begun === undefined || !isAlive(begun, user)) throw sessionInvalid();
  if (stored.expire_time <= clock.now()) throw sessionInvalid();
  return { presented, user };
}

/** A token that is used twice was copied. Whether its holder or a thief uses it cannot be known, so the session ends. */
async function endStolen({ sessions }: UserContext, { session }: RefreshToken): Promise<StatusError> {
  await sessions.end(session);
  return sessionInvalid();
}

function sessionInvalid(): StatusError {
  return new StatusError(ErrorReason.SESSION_INVALID, "the session cannot be refreshed; sign in again");
}

import type { Session } from "@theseus/contract/theseus/user/v1/session.js";
import type { SignInRequest } from "@theseus/contract/theseus/user/v1/user_service.js";
import { type Call, ErrorReason, StatusError } from "@theseus/kit";
import { newRefreshToken, newSession, toStoredToken } from "../rules/session.js";
import { toEmailKey } from "../rules/user.js";
import type { UserContext } from "../user-context.js";
import { toSession } from "./session-message.js";

export async function signIn(
  context: UserContext,
  { email, password }: SignInRequest,
  { signal }: Call,
): Promise<Session> {
  const { users, sessions, passwords, clock, newId } = context;
  const user = await users.findByEmail(toEmailKey(email));
  const right = await passwords.matches(password, user?.password, signal);
  if (user === undefined || !right) throw credentialsInvalid();
  signal.throwIfAborted();
  const token = newRefreshToken(newId(), 0);
  const stored = toStoredToken(token, user._id, clock.now());
  await sessions.insertToken(stored);
  await sessions.insert(newSession(stored, token, user));
  return toSession(context, { user, token, refreshExpireTime: stored.expire_time });
}

function credentialsInvalid(): StatusError {
  const text = "e-mail address and password do not belong together";
  return new StatusError(ErrorReason.CREDENTIALS_INVALID, text);
}

import { UserService } from "@theseus/contract/es/theseus/user/v1/user_service_pb.js";
import type { Session } from "@theseus/contract/theseus/user/v1/session.js";
import type { SignInRequest } from "@theseus/contract/theseus/user/v1/user_service.js";
import { type Call, ErrorReason, SOURCE_HEADER, StatusError } from "@theseus/kit";
import { quotaNamed } from "../quotas/quotas.js";
import { accountOf, sourceOf } from "../rules/quota-use.js";
import { newRefreshToken, newSession, toStoredToken } from "../rules/session.js";
import { type ActiveUser, toEmailKey } from "../rules/user.js";
import type { UserContext } from "../user-context.js";
import { toSession } from "./session-message.js";

const SIGN_INS = quotaNamed(UserService.method.signIn, "sign_ins");
const WRONG_PASSWORDS = quotaNamed(UserService.method.signIn, "wrong_passwords");

export async function signIn(context: UserContext, request: SignInRequest, call: Call): Promise<Session> {
  const { sessions, quotas, clock, newId } = context;
  const source = call.metadata.get(SOURCE_HEADER)[0];
  if (source !== undefined) await quotas.use(SIGN_INS, sourceOf(String(source)));
  const seenTime = clock.now();
  const user = await findByPassword(context, request, call);
  call.signal.throwIfAborted();
  const token = newRefreshToken(newId(), 0);
  const stored = toStoredToken(token, user._id, clock.now());
  await sessions.insertToken(stored);
  await sessions.insert(newSession(stored, token, user));
  return toSession(context, { user, token, refreshExpireTime: stored.expire_time, seenTime });
}

/** An address that nobody has is counted, and costs, as one that somebody has. */
async function findByPassword(
  { users, passwords, quotas }: UserContext,
  { email, password }: SignInRequest,
  { signal }: Call,
): Promise<ActiveUser> {
  const emailKey = toEmailKey(email);
  const user = await users.findByEmail(emailKey);
  return quotas.guess(WRONG_PASSWORDS, accountOf(user, emailKey), async () => {
    const right = await passwords.matches(password, user?.password, signal);
    if (user === undefined || !right) throw credentialsInvalid();
    return user;
  });
}

function credentialsInvalid(): StatusError {
  const text = "e-mail address and password do not belong together";
  return new StatusError(ErrorReason.CREDENTIALS_INVALID, text);
}

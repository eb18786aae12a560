import { UserService } from "@theseus/contract/es/theseus/user/v1/user_service_pb.js";
import type {
  ChangePasswordRequest,
  ChangePasswordResponse,
} from "@theseus/contract/theseus/user/v1/user_service.js";
import { type Call, ErrorReason, requireUser, StatusError } from "@theseus/kit";
import { quotaNamed } from "../quotas/quotas.js";
import { accountOf } from "../rules/quota-use.js";
import { isAlive } from "../rules/session.js";
import { type ActiveUser, withPassword } from "../rules/user.js";
import type { UserContext } from "../user-context.js";
import { findVisible, userNotFound } from "./find-user.js";

const WRONG_PASSWORDS = quotaNamed(UserService.method.changePassword, "wrong_passwords");

export async function changePassword(
  context: UserContext,
  request: ChangePasswordRequest,
  call: Call,
): Promise<ChangePasswordResponse> {
  const user = await findOwn(context, request.name, call);
  const account = accountOf(user, user.email_key);
  const changed = await context.quotas.guess(WRONG_PASSWORDS, account, () =>
    change(context, user, { request, call }),
  );
  await forgetEndedSessions(context, changed, call);
  return {};
}

async function change(
  context: UserContext,
  found: ActiveUser,
  { request, call }: { readonly request: ChangePasswordRequest; readonly call: Call },
): Promise<ActiveUser> {
  const { users, passwords } = context;
  const { name, currentPassword, newPassword } = request;
  let user = found;
  // Made for a wrong current password too, so that it takes as long as a right one.
  const passwordHash = await passwords.hash(newPassword, call.signal);
  for (;;) {
    if (!(await passwords.matches(currentPassword, user.password, call.signal))) throw credentialsInvalid();
    const changed = withPassword(user, passwordHash, await findOwnSession(context, user, call));
    call.signal.throwIfAborted();
    if (await users.changePassword(changed, user.password)) return changed;
    user = await findOwn(context, name, call);
  }
}

/** Administrators too are told that there is no such user as another one. */
async function findOwn({ users }: UserContext, name: string, call: Call): Promise<ActiveUser> {
  const user = requireUser(call).user === name ? await findVisible(users, name, call) : undefined;
  if (user?.state !== "ACTIVE") throw userNotFound();
  return user;
}

/** The session of the call's token, as long as it lives: the change must not bring back one that has ended. */
async function findOwnSession(
  { sessions }: UserContext,
  user: ActiveUser,
  call: Call,
): Promise<string | undefined> {
  const session = await sessions.find(requireUser(call).sessionId);
  return session !== undefined && isAlive(session, user) ? session._id : undefined;
}

/** They are void already, by the user's document: the call succeeds even if their own documents stay. */
async function forgetEndedSessions(
  { sessions }: UserContext,
  user: ActiveUser,
  { log }: Call,
): Promise<void> {
  await sessions.forgetEnded(user).catch((err: unknown) => {
    log.warn(
      { event: "sessions-left", err },
      "the sessions that a change of password ended are left to expire",
    );
  });
}

function credentialsInvalid(): StatusError {
  return new StatusError(ErrorReason.CREDENTIALS_INVALID, "the current password is another");
}

import { User } from "@theseus/contract/theseus/user/v1/user.js";
import type { DeleteUserRequest } from "@theseus/contract/theseus/user/v1/user_service.js";
import { assertEtag, type Call } from "@theseus/kit";
import { type ActiveUser, toDeleted, toEtag, toUser } from "../rules/user.js";
import type { UserContext } from "../user-context.js";
import { findVisible, userNotFound } from "./find-user.js";

export async function deleteUser(
  context: UserContext,
  { name, etag, allowMissing }: DeleteUserRequest,
  call: Call,
): Promise<User> {
  const { users, clock, adminRole } = context;
  for (;;) {
    const user = await findVisible(users, name, call);
    if (user?.state !== "ACTIVE") {
      if (!allowMissing) throw userNotFound();
      return user === undefined ? User.fromPartial({}) : toUser(user, adminRole);
    }
    assertEtag(etag, toEtag(user.version));
    const deleted = toDeleted(user, clock.now());
    if (await users.erase(deleted)) {
      await forgetSessions(context, user, call);
      return toUser(deleted, adminRole);
    }
    call.signal.throwIfAborted();
  }
}

/** The sessions are void already, since the user is deleted: the call succeeds even if their documents stay. */
async function forgetSessions({ sessions }: UserContext, user: ActiveUser, { log }: Call): Promise<void> {
  await sessions.forgetAllOf(user._id).catch((err: unknown) => {
    log.warn({ event: "sessions-left", err }, "the sessions of a deleted user are left to expire");
  });
}

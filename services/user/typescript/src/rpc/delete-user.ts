import type { Empty } from "@theseus/contract/google/protobuf/empty.js";
import type { DeleteUserRequest } from "@theseus/contract/theseus/user/v1/user_service.js";
import { assertEtag, type Call } from "@theseus/kit";
import { type ActiveUser, toDeleted, toEtag } from "../rules/user.js";
import type { UserContext } from "../user-context.js";
import { findVisible, userNotFound } from "./find-user.js";

export async function deleteUser(
  context: UserContext,
  { name, etag, allowMissing }: DeleteUserRequest,
  call: Call,
): Promise<Empty> {
  const { users, clock } = context;
  for (;;) {
    const user = await findVisible(users, name, call);
    if (user?.state !== "ACTIVE") {
      if (allowMissing) return {};
      throw userNotFound();
    }
    assertEtag(etag, toEtag(user.version));
    if (await users.erase(toDeleted(user, clock.now()))) {
      await forgetSessions(context, user, call);
      return {};
    }
    call.signal.throwIfAborted();
  }
}

/** The sessions are void already, since the user is deleted: the call succeeds even if their documents stay. */
async function forgetSessions({ sessions }: UserContext, user: ActiveUser, { log }: Call): Promise<void> {
  await sessions.endAllOf(user._id).catch((err: unknown) => {
    log.warn({ event: "sessions-left", err }, "the sessions of a deleted user are left to expire");
  });
}

import { UserSchema } from "@theseus/contract/es/theseus/user/v1/user_pb.js";
import { User } from "@theseus/contract/theseus/user/v1/user.js";
import type { UpdateUserRequest } from "@theseus/contract/theseus/user/v1/user_service.js";
import { applyFieldMask, assertEtag, type Call } from "@theseus/kit";
import { type ActiveUser, toEmailKey, toEtag, toUser } from "../rules/user.js";
import type { UserContext } from "../user-context.js";
import { findVisible, userNotFound } from "./find-user.js";

/** So long a call waits at most for those before it; then it competes with them. */
const TURN_MS = 2000;

/**
 * Changes of one user take turns in this process: if all of them competed, the work would grow with the square of their
 * number. Those of other processes still compete.
 */
export async function updateUser(
  { users, turns, clock, adminRole }: UserContext,
  { user: given = User.fromPartial({}), updateMask: mask }: UpdateUserRequest,
  call: Call,
): Promise<User> {
  using _turn = await turns.take(given.name, TURN_MS, call.signal);
  for (;;) {
    const user = await findVisible(users, given.name, call);
    if (user?.state !== "ACTIVE") throw userNotFound();
    const wanted = applyFieldMask(UserSchema, { current: toUser(user, adminRole), given, mask });
    assertEtag(given.etag, toEtag(user.version));
    const changed = change(user, wanted, clock.now());
    if (changed === user || (await users.update(changed))) return toUser(changed, adminRole);
    call.signal.throwIfAborted();
  }
}

/** The changed user; the same object when there is nothing to change. */
function change(user: ActiveUser, { email, displayName }: User, now: Date): ActiveUser {
  if (email === user.email && displayName === user.display_name) return user;
  return {
    ...user,
    email,
    email_key: toEmailKey(email),
    display_name: displayName,
    version: user.version + 1,
    update_time: now,
  };
}

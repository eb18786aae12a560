import { type Call, ErrorReason, fromResourceName, isAdmin, StatusError } from "@theseus/kit";
import type { StoredUser } from "../rules/user.js";
import type { UserStore } from "../store/user-store.js";

/** The user, if the caller may see them. Workloads without a token and administrators see all, customers themselves. */
export async function findVisible(
  users: Pick<UserStore, "find">,
  name: string,
  { principal }: Call,
): Promise<StoredUser | undefined> {
  const visible = principal === undefined || isAdmin(principal) || principal.user === name;
  const id = visible ? fromResourceName("users", name) : undefined;
  return id === undefined ? undefined : users.find(id);
}

/** One text for a user who does not exist and one whom the caller may not see. */
export function userNotFound(): StatusError {
  return new StatusError(ErrorReason.USER_NOT_FOUND, "there is no such user");
}

import type { User } from "@theseus/contract/theseus/user/v1/user.js";
import type { GetUserRequest } from "@theseus/contract/theseus/user/v1/user_service.js";
import type { Call } from "@theseus/kit";
import { toUser } from "../rules/user.js";
import type { UserContext } from "../user-context.js";
import { findVisible, userNotFound } from "./find-user.js";

export async function getUser(
  { users, adminRole }: UserContext,
  { name }: GetUserRequest,
  call: Call,
): Promise<User> {
  const user = await findVisible(users, name, call);
  if (user === undefined) throw userNotFound();
  return toUser(user, adminRole);
}

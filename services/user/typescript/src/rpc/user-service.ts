import type { UserServiceService } from "@theseus/contract/theseus/user/v1/user_service.js";
import type { Handlers } from "@theseus/kit";
import type { UserContext } from "../user-context.js";
import { changePassword } from "./change-password.js";
import { createUser } from "./create-user.js";
import { deleteUser } from "./delete-user.js";
import { getJsonWebKeySet } from "./get-json-web-key-set.js";
import { getUser } from "./get-user.js";
import { listUsers } from "./list-users.js";
import { refreshSession } from "./refresh-session.js";
import { signIn } from "./sign-in.js";
import { signOut } from "./sign-out.js";
import { updateUser } from "./update-user.js";

export function createUserService(context: UserContext): Handlers<typeof UserServiceService> {
  return {
    createUser: (request, call) => createUser(context, request, call),
    getUser: (request, call) => getUser(context, request, call),
    listUsers: (request) => listUsers(context, request),
    updateUser: (request, call) => updateUser(context, request, call),
    changePassword: (request, call) => changePassword(context, request, call),
    deleteUser: (request, call) => deleteUser(context, request, call),
    signIn: (request, call) => signIn(context, request, call),
    refreshSession: (request, call) => refreshSession(context, request, call),
    signOut: (_request, call) => signOut(context, call),
    getJsonWebKeySet: () => getJsonWebKeySet(context),
  };
}

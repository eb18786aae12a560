import { UserSchema } from "@theseus/contract/es/theseus/user/v1/user_pb.js";
import { User } from "@theseus/contract/theseus/user/v1/user.js";
import type { UserServiceService } from "@theseus/contract/theseus/user/v1/user_service.js";
import {
  applyFieldMask,
  assertEtag,
  type Call,
  type Clock,
  decodePageToken,
  ErrorReason,
  encodePageToken,
  fromResourceName,
  type Handlers,
  isAdmin,
  pageSize,
  StatusError,
} from "@theseus/kit";
import { type ActiveUser, type StoredUser, toDeleted, toEmailKey, toEtag, toUser } from "../rules/user.js";
import type { SessionStore } from "../store/session-store.js";
import type { UserStore } from "../store/user-store.js";
import type { Register } from "./registration.js";

export interface UserServiceContext {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly register: Register;
  readonly clock: Clock;
}

export type UserHandlers = Pick<
  Handlers<UserServiceService>,
  "createUser" | "getUser" | "listUsers" | "updateUser" | "deleteUser"
>;

export function createUserHandlers({ users, sessions, register, clock }: UserServiceContext): UserHandlers {
  return {
    createUser({ user = NOBODY, password, requestId }, call) {
      const requestKey = `${call.principal?.user ?? "anonymous"}#${requestId}`;
      return register(
        { email: user.email, display_name: user.displayName, password, requestKey },
        call.signal,
      );
    },

    async getUser({ name }, call) {
      const user = await findVisible(name, call);
      if (user === undefined) throw userNotFound();
      return toUser(user);
    },

    async listUsers({ pageSize: asked, pageToken, showDeleted }) {
      const bound = ["ListUsers", String(showDeleted)];
      const [after = ""] = pageToken === "" ? [] : decodePageToken(bound, pageToken, [/./]);
      const size = pageSize(asked);
      const found = await users.list({ after, limit: size + 1, deletedToo: showDeleted });
      const page = found.slice(0, size);
      const last = found.length > size ? page.at(-1) : undefined;
      return {
        users: page.map(toUser),
        nextPageToken: last === undefined ? "" : encodePageToken(bound, [last._id]),
      };
    },

    async updateUser({ user: given = NOBODY, updateMask: mask }, call) {
      for (;;) {
        const user = await findVisible(given.name, call);
        if (user?.state !== "ACTIVE") throw userNotFound();
        const wanted = applyFieldMask(UserSchema, { current: toUser(user), given, mask });
        assertEtag(given.etag, toEtag(user.version));
        const changed = change(user, wanted, clock.now());
        if (changed === user || (await users.update(changed))) return toUser(changed);
        call.signal.throwIfAborted();
      }
    },

    async deleteUser({ name, etag, allowMissing }, call) {
      for (;;) {
        const user = await findVisible(name, call);
        if (user?.state !== "ACTIVE") {
          if (allowMissing) return {};
          throw userNotFound();
        }
        assertEtag(etag, toEtag(user.version));
        if (await users.erase(toDeleted(user, clock.now()))) {
          await forgetSessions(user, call);
          return {};
        }
        call.signal.throwIfAborted();
      }
    },
  };

  /** A workload on its own behalf sees all, a customer nobody but themselves. */
  async function findVisible(name: string, { principal }: Call): Promise<StoredUser | undefined> {
    const visible = principal === undefined || isAdmin(principal) || principal.user === name;
    const id = visible ? fromResourceName("users", name) : undefined;
    return id === undefined ? undefined : users.find(id);
  }

  /** They are void already, since the user is deleted; that the documents go too must not fail the call. */
  async function forgetSessions(user: ActiveUser, { log }: Call): Promise<void> {
    await sessions.endAllOf(user._id).catch((err: unknown) => {
      log.warn({ event: "sessions-left", err }, "the sessions of a deleted user are left to expire");
    });
  }
}

const NOBODY: User = User.fromPartial({});

/** The same object when there is nothing to change. */
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

/** One text for a user who does not exist and one whom the caller may not see. */
function userNotFound(): StatusError {
  return new StatusError(ErrorReason.USER_NOT_FOUND, "there is no such user");
}

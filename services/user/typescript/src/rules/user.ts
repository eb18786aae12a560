import { Role, type User, UserState } from "@theseus/contract/theseus/user/v1/user.js";
import { toResourceName } from "@theseus/kit";

/** A document of `users`, as storage.md says. */
export type StoredUser = ActiveUser | DeletedUser;

interface LastingFields {
  readonly _id: string;
  readonly version: number;
  readonly roles: readonly string[];
  readonly create_time: Date;
  readonly update_time: Date;
  readonly request_key?: string;
}

export interface ActiveUser extends LastingFields {
  readonly state: "ACTIVE";
  readonly email: string;
  readonly email_key: string;
  readonly display_name: string;
  readonly password: string;
  readonly password_changes?: number;
  readonly kept_session?: string;
  readonly registered?: RegisteredFields & {
    /** The first hash, once the password has been changed. */
    readonly password?: string;
  };
}

export interface DeletedUser extends LastingFields {
  readonly state: "DELETED";
  readonly delete_time?: Date;
}

export interface RegisteredFields {
  readonly email: string;
  readonly display_name: string;
}

export interface Registration extends RegisteredFields {
  readonly id: string;
  readonly passwordHash: string;
  readonly roles: readonly string[];
  readonly requestKey?: string;
  readonly now: Date;
}

const FIRST_VERSION = 1;
const CUSTOMER = "customer";

export function newUser(wanted: Registration): ActiveUser {
  const { email, display_name, requestKey } = wanted;
  return {
    _id: wanted.id,
    version: FIRST_VERSION,
    state: "ACTIVE",
    email,
    email_key: toEmailKey(email),
    display_name,
    password: wanted.passwordHash,
    roles: wanted.roles,
    create_time: wanted.now,
    update_time: wanted.now,
    ...(requestKey !== undefined && { request_key: requestKey, registered: { email, display_name } }),
  };
}

/** All sessions but the one that goes on are void by this document; without one all are. */
export function withPassword(user: ActiveUser, passwordHash: string, keptSession?: string): ActiveUser {
  const { kept_session, registered, password_changes = 0, ...rest } = user;
  return {
    ...rest,
    password: passwordHash,
    password_changes: password_changes + 1,
    ...(keptSession !== undefined && { kept_session: keptSession }),
    ...(registered !== undefined && { registered: { password: user.password, ...registered } }),
  };
}

/** Lists the fields that stay by name, so that all others are erased. */
export function toDeleted(user: ActiveUser, now: Date): DeletedUser {
  return {
    _id: user._id,
    version: user.version + 1,
    state: "DELETED",
    roles: user.roles,
    create_time: user.create_time,
    update_time: now,
    delete_time: now,
    ...(user.request_key !== undefined && { request_key: user.request_key }),
  };
}

/** `adminRole` is the text of the role that makes an administrator. */
export function toUser(stored: StoredUser, adminRole: string): User {
  const active = stored.state === "ACTIVE";
  return {
    name: toUserName(stored._id),
    email: active ? stored.email : "",
    displayName: active ? stored.display_name : "",
    state: active ? UserState.USER_STATE_ACTIVE : UserState.USER_STATE_DELETED,
    roles: toRoles(stored.roles, adminRole),
    createTime: stored.create_time,
    updateTime: stored.update_time,
    deleteTime: active ? undefined : (stored.delete_time ?? stored.update_time),
    etag: toEtag(stored.version),
    password: "",
  };
}

/** The answer that CreateUser gave for this user, whatever was changed since. */
export function toFirstAnswer(stored: ActiveUser, adminRole: string): User {
  const { email, display_name } = stored.registered ?? stored;
  const first = {
    version: FIRST_VERSION,
    email,
    display_name,
    roles: [CUSTOMER],
    update_time: stored.create_time,
  };
  return toUser({ ...stored, ...first }, adminRole);
}

/** Texts that are no role here make nobody anything. */
function toRoles(texts: readonly string[], adminRole: string): Role[] {
  const customer = texts.includes(CUSTOMER) ? [Role.ROLE_CUSTOMER] : [];
  return texts.includes(adminRole) ? [...customer, Role.ROLE_ADMIN] : customer;
}

/** The contract admits ASCII addresses only. Folding more than these 26 letters would differ between languages. */
export function toEmailKey(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

export function toEtag(version: number): string {
  return String(version);
}

export function toUserName(id: string): string {
  return toResourceName("users", id);
}

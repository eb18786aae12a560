import { type User, UserState } from "@theseus/contract/theseus/user/v1/user.js";
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
  readonly registered?: RegisteredFields;
}

export interface DeletedUser extends LastingFields {
  readonly state: "DELETED";
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

/** Lists the fields that stay by name, so that all others are erased. */
export function toDeleted(user: ActiveUser, now: Date): DeletedUser {
  return {
    _id: user._id,
    version: user.version + 1,
    state: "DELETED",
    roles: user.roles,
    create_time: user.create_time,
    update_time: now,
    ...(user.request_key !== undefined && { request_key: user.request_key }),
  };
}

export function toUser(stored: StoredUser): User {
  const active = stored.state === "ACTIVE";
  return {
    name: toUserName(stored._id),
    email: active ? stored.email : "",
    displayName: active ? stored.display_name : "",
    state: active ? UserState.USER_STATE_ACTIVE : UserState.USER_STATE_DELETED,
    roles: [...stored.roles],
    createTime: stored.create_time,
    updateTime: stored.update_time,
    etag: toEtag(stored.version),
  };
}

/** The answer that CreateUser gave for this user, whatever was changed since. */
export function toFirstAnswer(stored: ActiveUser): User {
  return {
    ...toUser(stored),
    email: stored.registered?.email ?? stored.email,
    displayName: stored.registered?.display_name ?? stored.display_name,
    roles: ["customer"],
    updateTime: stored.create_time,
    etag: toEtag(FIRST_VERSION),
  };
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

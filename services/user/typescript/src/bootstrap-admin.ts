import type { Clock, Log } from "@theseus/kit";
import type { Passwords } from "./passwords/passwords.js";
import { newUser, toEmailKey, toUserName } from "./rules/user.js";
import type { UserStore } from "./store/user-store.js";

export interface BootstrapAdmin {
  readonly email: string;
  readonly displayName: string;
  readonly password: string;
}

export interface BootstrapContext {
  readonly users: UserStore;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly newId: () => string;
  /** The role that makes an administrator. */
  readonly adminRole: string;
  readonly log: Log;
  /** Calls `tell` as soon as the process may print. */
  readonly report: (tell: () => void) => void;
}

const EMAIL = /^[\x21-\x3f\x41-\x7e]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** Throws an Error that says what is wrong and repeats no value. */
export function parseBootstrapAdmin(json: string): BootstrapAdmin {
  const { email, display_name, password } = parseObject(json);
  const problems = [
    isText(email, 3, 254) && EMAIL.test(email) ? [] : ["email must be an e-mail address"],
    isText(display_name, 1, 100) ? [] : ["display_name must have 1 to 100 characters"],
    isText(password, 12, 128) ? [] : ["password must have 12 to 128 characters"],
  ].flat();
  if (problems.length > 0) throw new Error(`its ${problems.join(", its ")}`);
  return { email: String(email), displayName: String(display_name), password: String(password) };
}

/**
 * Makes sure that the administrator exists. One who exists is left alone: a password that was changed in the file
 * changes nothing. A customer with the address becomes administrator only if the file has their password, because
 * anybody may have registered the address.
 */
export async function ensureAdmin(wanted: BootstrapAdmin, context: BootstrapContext): Promise<void> {
  while (!(await tryToEnsure(wanted, context))) {
    // Another replica was faster: try again with what it wrote.
  }
}

async function tryToEnsure(wanted: BootstrapAdmin, context: BootstrapContext): Promise<boolean> {
  const { users, passwords, clock, newId, adminRole, log, report } = context;
  const roles = ["customer", adminRole];
  const { signal } = new AbortController();
  const user = await users.findByEmail(toEmailKey(wanted.email));
  if (user === undefined) {
    const passwordHash = await passwords.hash(wanted.password, signal);
    const { email, displayName: display_name } = wanted;
    const admin = { email, display_name, passwordHash, roles };
    return users.insert(newUser({ ...admin, id: newId(), now: clock.now() }));
  }
  if (user.roles.includes(adminRole)) return true;
  if (await passwords.matches(wanted.password, user.password, signal)) {
    const { version } = user;
    return users.update({ ...user, roles, version: version + 1, update_time: clock.now() });
  }
  const refused = { event: "bootstrap-refused", user: toUserName(user._id) };
  report(() =>
    log.error(
      refused,
      "BOOTSTRAP_ADMIN: a customer has the address and another password; delete the customer or name another address",
    ),
  );
  return true;
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // The parser's message would quote the text.
  }
  throw new Error('must hold {"email":…,"display_name":…,"password":…}');
}

function isText(value: unknown, min: number, max: number): value is string {
  if (typeof value !== "string") return false;
  const length = [...value].length;
  return length >= min && length <= max;
}

import type { User } from "@theseus/contract/theseus/user/v1/user.js";
import { type Clock, ErrorReason, StatusError } from "@theseus/kit";
import type { Passwords } from "../passwords/passwords.js";
import { newUser, type StoredUser, toEmailKey, toFirstAnswer, toUser } from "../rules/user.js";
import { emailTaken, type UserStore } from "../store/user-store.js";

export interface RegistrationContext {
  readonly users: UserStore;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly newId: () => string;
}

export interface WantedUser {
  readonly email: string;
  readonly display_name: string;
  readonly password: string;
  /** Who asks, and the request's id. */
  readonly requestKey: string;
}

export type Register = (wanted: WantedUser, signal: AbortSignal) => Promise<User>;

const MOST_ATTEMPTS = 3;

export function createRegistration({ users, passwords, clock, newId }: RegistrationContext): Register {
  return async (wanted, signal) => {
    const { email, display_name, requestKey } = wanted;
    const earlier = await answerEarlier(wanted, signal);
    if (earlier !== undefined) return earlier;
    const passwordHash = await passwords.hash(wanted.password, signal);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      signal.throwIfAborted();
      const registration = { email, display_name, requestKey, passwordHash, roles: ["customer"] } as const;
      const user = newUser({ ...registration, id: newId(), now: clock.now() });
      if (await users.insert(user)) return toUser(user);
      const faster = await answerEarlier(wanted, signal);
      if (faster !== undefined) return faster;
      // Whoever had the address has been deleted since.
    }
    throw new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the address changes hands too often, try again");
  };

  /** The request id counts before the address: a repeat finds the address taken by its own first run. */
  async function answerEarlier(wanted: WantedUser, signal: AbortSignal): Promise<User | undefined> {
    const repeated = await users.findByRequest(wanted.requestKey);
    if (repeated !== undefined) return replay(repeated, wanted, signal);
    const owner = await users.findByEmail(toEmailKey(wanted.email));
    if (owner === undefined) return undefined;
    if (owner.request_key === wanted.requestKey) return replay(owner, wanted, signal);
    throw emailTaken();
  }

  /** The password tells the first caller from a stranger who has come by the request id. */
  async function replay(user: StoredUser, wanted: WantedUser, signal: AbortSignal): Promise<User> {
    if (user.state === "DELETED") return toUser(user);
    const { email, display_name } = user.registered ?? user;
    const same = email === wanted.email && display_name === wanted.display_name;
    if (!same || !(await passwords.matches(wanted.password, user.password, signal))) throw requestIdReused();
    return toFirstAnswer(user);
  }
}

function requestIdReused(): StatusError {
  return new StatusError(ErrorReason.REQUEST_ID_REUSED, "request_id was used before, for another request", {
    violations: [{ field: "request_id", rule: "request_id", message: "was used for another request" }],
  });
}

import { User } from "@theseus/contract/theseus/user/v1/user.js";
import type { CreateUserRequest } from "@theseus/contract/theseus/user/v1/user_service.js";
import { type Call, ErrorReason, StatusError } from "@theseus/kit";
import { newUser, type StoredUser, toEmailKey, toFirstAnswer, toUser } from "../rules/user.js";
import { emailTaken } from "../store/user-store.js";
import type { UserContext } from "../user-context.js";

type RegistrationContext = Pick<UserContext, "users" | "passwords" | "clock" | "newId" | "adminRole">;

interface WantedUser {
  readonly email: string;
  readonly display_name: string;
  readonly password: string;
  /** Who asks, and the request's id. */
  readonly requestKey: string;
}

const MOST_ATTEMPTS = 3;

export async function createUser(
  context: RegistrationContext,
  { user = User.fromPartial({}), requestId }: CreateUserRequest,
  call: Call,
): Promise<User> {
  const { users, passwords, clock, newId, adminRole } = context;
  const requestKey = `${call.principal?.user ?? "anonymous"}#${requestId}`;
  const wanted = { email: user.email, display_name: user.displayName, password: user.password, requestKey };
  const earlier = await answerEarlier(context, wanted, call.signal);
  if (earlier !== undefined) return earlier;
  const passwordHash = await passwords.hash(wanted.password, call.signal);
  const { email, display_name } = wanted;
  const registration = { email, display_name, requestKey, passwordHash, roles: ["customer"] } as const;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    call.signal.throwIfAborted();
    const registered = newUser({ ...registration, id: newId(), now: clock.now() });
    if (await users.insert(registered)) return toUser(registered, adminRole);
    const faster = await answerEarlier(context, wanted, call.signal);
    if (faster !== undefined) return faster;
    // The user who had the address has been deleted meanwhile.
  }
  throw new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the address changes hands too often, try again");
}

/** The request id is looked up before the address: in a repeat, the address is taken by the first run. */
async function answerEarlier(
  context: RegistrationContext,
  wanted: WantedUser,
  signal: AbortSignal,
): Promise<User | undefined> {
  const { users } = context;
  const repeated = await users.findByRequest(wanted.requestKey);
  if (repeated !== undefined) return replay(context, repeated, wanted, signal);
  const owner = await users.findByEmail(toEmailKey(wanted.email));
  if (owner === undefined) return undefined;
  if (owner.request_key === wanted.requestKey) return replay(context, owner, wanted, signal);
  throw emailTaken();
}

/** Only the first caller knows the password; a stranger may have found out the request id. */
async function replay(
  { passwords, adminRole }: RegistrationContext,
  user: StoredUser,
  wanted: WantedUser,
  signal: AbortSignal,
): Promise<User> {
  if (user.state === "DELETED") return toUser(user, adminRole);
  const { email, display_name, password = user.password } = user.registered ?? user;
  const same = email === wanted.email && display_name === wanted.display_name;
  if (!same || !(await passwords.matches(wanted.password, password, signal))) throw requestIdReused();
  return toFirstAnswer(user, adminRole);
}

function requestIdReused(): StatusError {
  return new StatusError(ErrorReason.REQUEST_ID_REUSED, "request_id was used before, for another request", {
    violations: [{ field: "request_id", rule: "request_id", message: "was used for another request" }],
  });
}

import { Fault } from "@theseus/runtime/control";
import type { Credentials } from "./credentials.js";
import { type Answer, type EdgeCall, faultOf } from "./edge-client.js";

/** What signing in and refreshing answer, as JSON. */
export interface Session {
  readonly accessToken: string;
  /** RFC 3339. */
  readonly accessExpireTime: string;
  readonly refreshToken: string;
}

type Call = (call: EdgeCall) => Promise<Answer>;

/** An access token with less time left is not begun with: a person types the rest of the command, a busy shop is slow. */
const spareMs = 25_000;

/** Undefined for what is none. */
export function toSession(body: unknown): Session | undefined {
  const { accessToken, accessExpireTime, refreshToken } = Object(body) as Partial<Record<string, unknown>>;
  if (!isText(accessToken) || !isText(accessExpireTime) || !isText(refreshToken)) return undefined;
  return { accessToken, accessExpireTime, refreshToken };
}

/** The session with an access token that lasts a while yet; undefined when the session has ended. */
export async function freshen(call: Call, session: Session): Promise<Session | undefined> {
  if (Date.parse(session.accessExpireTime) - Date.now() > spareMs) return session;
  const { refreshToken } = session;
  const answer = await call({ method: "POST", path: "/v1/users:refreshSession", body: { refreshToken } });
  return answer.status === 200 ? toSession(answer.body) : undefined;
}

/** @throws Fault when the shop does not let them in */
export async function signIn(call: Call, { email, password }: Credentials): Promise<Session> {
  const answer = await call({ method: "POST", path: "/v1/users:signIn", body: { email, password } });
  const session = answer.status === 200 ? toSession(answer.body) : undefined;
  if (session !== undefined) return session;
  throw new Fault(
    `Signing in as ${email} was answered ${answer.status}${faultOf(answer)}.`,
    "See theseus logs user-1 and theseus logs gateway-1.",
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

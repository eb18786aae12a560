import { insist } from "../../traffic/edge.js";
import type { Session } from "../../traffic/session.js";
import type { Calls } from "./calls.js";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

interface SignedIn {
  readonly accessToken: string;
  readonly accessExpireTime: string;
  readonly refreshToken: string;
}

/** With less left a token is replaced: a call may take a while. */
const spareMs = 25_000;

/** Somebody who signs in once and then refreshes the session, by calls that are counted. */
export async function openShopper(calls: Calls, { email, password }: Credentials): Promise<Session> {
  const ask = async (operation: string, path: string, body: unknown): Promise<SignedIn> => {
    const reply = await calls.ask({ operation, method: "POST", path, body });
    if (reply.outcome !== "acknowledged") throw new Error(`${operation}: ${reply.status} ${reply.reason}`);
    return reply.body;
  };
  const signIn = () => ask("sign in", "/v1/users:signIn", { email, password });
  let session: SignedIn = await begin(calls, { email, password });
  let renewal: Promise<void> | undefined;
  const renew = async () => {
    const { refreshToken } = session;
    // A refresh token that may be used up ends its session: whoever gets no answer signs in again.
    session = await ask("refresh", "/v1/users:refreshSession", { refreshToken }).catch(signIn);
  };
  return {
    user: userOf(session.accessToken),
    token: async () => {
      const leftMs = Date.parse(session.accessExpireTime) - Date.now();
      if (leftMs < spareMs) {
        renewal ??= renew().finally(() => {
          renewal = undefined;
        });
        await renewal;
      }
      return session.accessToken;
    },
  };
}

/** Nothing is measured yet: so many from one address have to wait for their turn. */
async function begin({ http }: Calls, body: Credentials): Promise<SignedIn> {
  const reply = await insist(http, { method: "POST", path: "/v1/users:signIn", body });
  if (reply.outcome !== "acknowledged") throw new Error(`signing in: ${reply.status} ${reply.reason}`);
  return reply.body;
}

function userOf(token: string): string {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).sub;
}

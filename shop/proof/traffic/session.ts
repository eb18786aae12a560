import type { HttpClient } from "../../test/system/http-client.js";
import { insist } from "./edge.js";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Younger than an access token gets. */
const renewAfterMs = 8 * 60_000;

/** Somebody who is signed in for as long as the proof runs. */
export interface Session {
  /** `users/{user}` */
  readonly user: string;
  token(): Promise<string>;
}

export async function openSession(http: HttpClient, credentials: Credentials): Promise<Session> {
  let signedIn = await signIn(http, credentials);
  let atMs = performance.now();
  return {
    user: signedIn.user,
    token: async () => {
      if (performance.now() - atMs > renewAfterMs) {
        signedIn = await signIn(http, credentials);
        atMs = performance.now();
      }
      return signedIn.token;
    },
  };
}

async function signIn(
  http: HttpClient,
  { email, password }: Credentials,
): Promise<{ user: string; token: string }> {
  const reply = await insist(http, { method: "POST", path: "/v1/users:signIn", body: { email, password } });
  if (reply.outcome !== "acknowledged") throw new Error(`signing in: ${reply.status} ${reply.reason}`);
  return { user: userOf(reply.body.accessToken), token: reply.body.accessToken };
}

function userOf(token: string): string {
  const claims = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  return JSON.parse(claims).sub;
}

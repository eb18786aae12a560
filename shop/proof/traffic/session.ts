import { freshen, type Session as Kept, toSession } from "../../src/seed/session.js";
import type { HttpClient } from "../../test/system/http-client.js";
import { insist } from "./edge.js";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Somebody who is signed in for as long as the proof runs. */
export interface Session {
  /** `users/{user}` */
  readonly user: string;
  token(): Promise<string>;
}

export async function openSession(http: HttpClient, credentials: Credentials): Promise<Session> {
  let kept = await signIn(http, credentials);
  let next: Promise<Kept> | undefined;
  // Several who ask at once share one refresh: a refresh token is good for one.
  const renew = async () => (await freshen(clientOf(http), kept)) ?? signIn(http, credentials);
  return {
    user: userOf(kept.accessToken),
    token: async () => {
      next ??= renew().finally(() => {
        next = undefined;
      });
      kept = await next;
      return kept.accessToken;
    },
  };
}

function clientOf(http: HttpClient) {
  return async ({ method, path, body }: { method: "GET" | "POST"; path: string; body?: unknown }) =>
    insist(http, { method, path, body });
}

async function signIn(http: HttpClient, { email, password }: Credentials): Promise<Kept> {
  const reply = await insist(http, { method: "POST", path: "/v1/users:signIn", body: { email, password } });
  const session = reply.outcome === "acknowledged" ? toSession(reply.body) : undefined;
  if (session === undefined) throw new Error(`signing in: ${reply.status} ${reply.reason}`);
  return session;
}

function userOf(token: string): string {
  const claims = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  return JSON.parse(claims).sub;
}

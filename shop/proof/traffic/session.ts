import type { HttpClient } from "../../test/system/http-client.js";
import { insist } from "./edge.js";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** With less left a token is renewed while it is used on: a shop that is hurt may take a while to answer. */
const renewMs = 30_000;
/** With less left a call may outlast its token, and the next one is waited for. */
const spareMs = 15_000;

/** Somebody who is signed in for as long as the proof runs. */
export interface Session {
  /** `users/{user}` */
  readonly user: string;
  readonly token: () => Promise<string>;
}

export async function openSession(http: HttpClient, credentials: Credentials): Promise<Session> {
  let signedIn = await signIn(http, credentials);
  let renewal: Promise<void> | undefined;
  const renew = async () => {
    try {
      signedIn = await signIn(http, credentials);
    } finally {
      renewal = undefined;
    }
  };
  const token = async () => {
    const leftMs = signedIn.expiresMs - Date.now();
    if (leftMs < renewMs) renewal ??= renew();
    if (leftMs < spareMs) await renewal;
    // Nobody may be waiting for one that fails; the next call begins another.
    else renewal?.catch(() => {});
    return signedIn.token;
  };
  return { user: signedIn.user, token };
}

interface SignedIn {
  readonly user: string;
  readonly token: string;
  readonly expiresMs: number;
}

async function signIn(http: HttpClient, { email, password }: Credentials): Promise<SignedIn> {
  const reply = await insist(http, { method: "POST", path: "/v1/users:signIn", body: { email, password } });
  if (reply.outcome !== "acknowledged") throw new Error(`signing in: ${reply.status} ${reply.reason}`);
  const { accessToken: token, accessExpireTime } = reply.body;
  return { user: userOf(token), token, expiresMs: Date.parse(accessExpireTime) };
}

function userOf(token: string): string {
  const claims = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  return JSON.parse(claims).sub;
}

import type { Credentials } from "../../seed/credentials.js";
import type { Answer, EdgeCall } from "../../seed/edge-client.js";
import { freshen, type Session, signIn } from "../../seed/session.js";

type Call = (call: EdgeCall) => Promise<Answer>;

/** With less left a call may outlast its token, and the next one is waited for. */
const spareMs = 10_000;

/** Answers a good access token whenever it is asked; it is renewed while the one before is used on. */
export function keptSession(call: Call, credentials: Credentials, first: Session): () => Promise<string> {
  let session = first;
  let renewal: Promise<void> | undefined;
  const renew = async () => {
    session = (await freshen(call, session)) ?? (await signIn(call, credentials));
  };
  return async () => {
    renewal ??= renew().finally(() => {
      renewal = undefined;
    });
    if (Date.parse(session.accessExpireTime) - Date.now() < spareMs) await renewal;
    // Nobody may be waiting for one that fails; the next call begins another.
    else renewal.catch(() => {});
    return session.accessToken;
  };
}

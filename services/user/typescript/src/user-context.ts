import type { Clock, Turns } from "@theseus/kit";
import type { Passwords } from "./passwords/passwords.js";
import type { Quotas } from "./quotas/quotas.js";
import type { SessionStore } from "./store/session-store.js";
import type { UserStore } from "./store/user-store.js";
import type { IssueAccessToken } from "./tokens/access-token.js";
import type { SigningKeys } from "./tokens/signing-keys.js";

/** What the RPCs share. */
export interface UserContext {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly passwords: Passwords;
  readonly quotas: Quotas;
  /** Of those who change one user. */
  readonly turns: Turns;
  readonly issueAccessToken: IssueAccessToken;
  /** As they are now. */
  readonly signingKeys: () => SigningKeys;
  readonly clock: Clock;
  readonly newId: () => string;
  /** The role that makes an administrator, as stored users and access tokens have it. */
  readonly adminRole: string;
}

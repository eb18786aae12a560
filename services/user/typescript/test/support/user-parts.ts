import { Metadata } from "@grpc/grpc-js";
import { type Call, createLog, createTurns, newId, type Principal, systemClock } from "@theseus/kit";
import { identity } from "@theseus/testing";
import { createPasswords } from "../../src/passwords/passwords.js";
import { createWorkQueue } from "../../src/passwords/work-queue.js";
import { createQuotas } from "../../src/quotas/quotas.js";
import { openDatabase } from "../../src/store/database.js";
import { createQuotaStore } from "../../src/store/quota-store.js";
import { createSessionStore } from "../../src/store/session-store.js";
import { createUserStore } from "../../src/store/user-store.js";
import { createAccessTokens } from "../../src/tokens/access-token.js";
import { lastingSecretOf, parseSigningKeys } from "../../src/tokens/signing-keys.js";
import type { UserContext } from "../../src/user-context.js";
import { CHEAP, keyPairs } from "./running-user.js";

/** What the RPCs share, on a store: for tests that put one of its parts in the way of a call. */
export function openParts(url: string): UserContext & AsyncDisposable {
  const database = openDatabase({ url, writes: true });
  const keys = parseSigningKeys(JSON.stringify({ keys: keyPairs }));
  const signingKeys = () => keys;
  return {
    users: createUserStore(database),
    sessions: createSessionStore(database),
    passwords: createPasswords(CHEAP, createWorkQueue({ atOnce: 2, waiting: 16 })),
    quotas: createQuotas({
      uses: createQuotaStore(database),
      secret: () => lastingSecretOf(keys),
      clock: systemClock,
      newId,
    }),
    issueAccessToken: createAccessTokens(signingKeys, identity),
    signingKeys,
    clock: systemClock,
    newId,
    turns: createTurns(),
    adminRole: identity.adminRole,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

/** A call as the kit hands it on. */
export function callOf(principal: Omit<Principal, "roles" | "isAdmin">): Call {
  return {
    method: "/theseus.user.v1.UserService/ChangePassword",
    metadata: new Metadata(),
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 10_000),
    requestId: newId(),
    principal: { ...principal, roles: ["customer"], isAdmin: false },
    log: createLog({ level: "silent", name: "user" }),
    outgoing: new Metadata(),
  };
}

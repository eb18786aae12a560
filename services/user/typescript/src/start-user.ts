import { UserService } from "@theseus/contract/es/theseus/user/v1/user_service_pb.js";
import { UserServiceService } from "@theseus/contract/theseus/user/v1/user_service.js";
import {
  bind,
  type Clock,
  type Log,
  newId,
  once,
  type RunningServer,
  serve,
  systemClock,
} from "@theseus/kit";
import { ensureAdmin } from "./bootstrap-admin.js";
import type { Config } from "./config.js";
import { CONTRACT_COST, type ScryptCost } from "./passwords/password-hash.js";
import { createPasswords } from "./passwords/passwords.js";
import { createWorkQueue } from "./passwords/work-queue.js";
import { createUserService } from "./rpc/user-service.js";
import { openDatabase } from "./store/database.js";
import { createSessionStore } from "./store/session-store.js";
import { createUserStore } from "./store/user-store.js";
import { createAccessTokens } from "./tokens/access-token.js";

export interface StartUserOptions extends Omit<Config, "logLevel"> {
  readonly log: Log;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Of new password hashes. Default: the contract's. */
  readonly passwordCost?: ScryptCost;
}

/** Each hash takes 128 MiB and a core; a caller beyond the waiting ones would be past the deadline at its turn. */
const HASHING = { atOnce: 2, waiting: 16 };

export async function startUser(options: StartUserOptions): Promise<RunningServer> {
  const { log, clock = systemClock, passwordCost = CONTRACT_COST, bootstrapAdmin, signingKeys } = options;
  const database = openDatabase(options.mongodbUrl);
  const users = createUserStore(database);
  const sessions = createSessionStore(database);
  const passwords = createPasswords(passwordCost, createWorkQueue(HASHING));
  const issueAccessToken = createAccessTokens(signingKeys, options.tokens, clock);
  const context = { users, sessions, passwords, issueAccessToken, signingKeys, clock, newId };
  const reports = createReports();
  const adminEnsured = once(async () => {
    if (bootstrapAdmin !== undefined)
      await ensureAdmin(bootstrapAdmin, { ...context, log, report: reports.add });
  });
  const server = await serve({
    listen: options.listen,
    services: [bind(UserServiceService, UserService, createUserService(context))],
    log,
    identity: options.identity,
    async probe() {
      await database.ping();
      await adminEnsured();
    },
  });
  setImmediate(reports.open);
  return {
    address: server.address,
    log,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** The first line of output says where the service listens: what the first probe has to say waits for it. */
function createReports() {
  let waiting: (() => void)[] | undefined = [];
  return {
    add(tell: () => void): void {
      if (waiting === undefined) tell();
      else waiting.push(tell);
    },
    open(): void {
      const told = waiting ?? [];
      waiting = undefined;
      for (const tell of told) tell();
    },
  };
}

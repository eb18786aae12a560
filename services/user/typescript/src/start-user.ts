import { UserService } from "@theseus/contract/es/theseus/user/v1/user_service_pb.js";
import { UserServiceService } from "@theseus/contract/theseus/user/v1/user_service.js";
import {
  AsyncDisposableStack,
  bind,
  type Clock,
  createStandbyFile,
  createTurns,
  type Followed,
  follow,
  type Log,
  latestOf,
  newId,
  noTelemetry,
  type RunningServer,
  serve,
  type Telemetry,
} from "@theseus/kit";
import { createAdminWork } from "./admin-work.js";
import { ensureAdmin } from "./bootstrap-admin.js";
import type { Config } from "./config.js";
import { createLinesAfterStart } from "./lines-after-start.js";
import { PASSWORD_COST } from "./passwords/password-hash.js";
import { createPasswords } from "./passwords/passwords.js";
import { createWorkQueue } from "./passwords/work-queue.js";
import { createQuotas } from "./quotas/quotas.js";
import { createUserService } from "./rpc/user-service.js";
import { openDatabase } from "./store/database.js";
import { createQuotaStore } from "./store/quota-store.js";
import { createSessionStore } from "./store/session-store.js";
import { createUserStore } from "./store/user-store.js";
import { createAccessTokens } from "./tokens/access-token.js";
import { lastingSecretOf, type SigningKeys } from "./tokens/signing-keys.js";

export interface Surroundings {
  readonly log: Log;
  /** Who is told of calls; nobody when absent. */
  readonly telemetry?: Telemetry;
  readonly clock: Clock;
}

/** Each hash takes a core, and 128 MiB at the default cost; a caller beyond the waiting ones would be past the deadline. */
const HASHING = { atOnce: 2, waiting: 16 };

/** The whole service on its own socket and connections; disposing gives all of them back. */
export async function startUser(
  config: Config,
  { log, telemetry = noTelemetry, clock }: Surroundings,
): Promise<RunningServer> {
  const { passwordCost, bootstrapAdmin, identity, tokens } = config;
  await using opened = new AsyncDisposableStack();
  // The last to end: what the others do until then is told too.
  opened.use(telemetry);
  const { current: signingKeys } = opened.use(followSigningKeys(config.signingKeys, log));
  const standby = createStandbyFile(config.standbyFile, log);
  const database = opened.use(openDatabase({ url: config.mongodbUrl.value, writes: !standby.isThere }));
  const context = {
    users: createUserStore(database),
    sessions: createSessionStore(database),
    passwords: createPasswords(passwordCost, createWorkQueue(HASHING)),
    quotas: createQuotas({
      uses: createQuotaStore(database),
      secret: () => lastingSecretOf(signingKeys()),
      clock,
      newId,
    }),
    issueAccessToken: createAccessTokens(signingKeys, tokens),
    signingKeys,
    clock,
    newId,
    turns: createTurns(),
    adminRole: identity.adminRole,
  };
  const lines = createLinesAfterStart();
  lines.add(() => tellPasswordCost(passwordCost, log));
  const admin = createAdminWork(!standby.isThere, async () => {
    if (bootstrapAdmin === undefined) return;
    await ensureAdmin(bootstrapAdmin, { ...context, log, report: lines.add });
  });
  const server = opened.use(
    await serve({
      listen: config.listen,
      services: [bind(UserServiceService, UserService, createUserService(context))],
      log,
      telemetry,
      identity,
      async probe() {
        await database.ping();
        await admin.ensured();
      },
      work: {
        standby,
        start: admin.start,
        change: ({ active }) => database.reopen({ url: latestOf(config.mongodbUrl, log), writes: active }),
      },
    }),
  );
  setImmediate(lines.open);
  const running = opened.move();
  return { address: server.address, log, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

function followSigningKeys(keys: Config["signingKeys"], log: Log): Followed<SigningKeys> {
  const onChange = ([{ kid }]: SigningKeys) =>
    log.info({ event: "signing-keys", kid }, "the signing keys have changed");
  return follow(keys, { log, onChange });
}

function tellPasswordCost(cost: number, log: Log): void {
  const fields = { event: "password-cost", cost };
  if (cost >= PASSWORD_COST.default) log.info(fields, "the cost of new password hashes");
  else
    log.warn(
      fields,
      `the cost of new password hashes is below the default, ${PASSWORD_COST.default}: for tests alone`,
    );
}

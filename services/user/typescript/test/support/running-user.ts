import { randomUUID } from "node:crypto";
import type { Session } from "@theseus/contract/theseus/user/v1/session.js";
import type { User } from "@theseus/contract/theseus/user/v1/user.js";
import { CreateUserRequest, UserServiceService } from "@theseus/contract/theseus/user/v1/user_service.js";
import {
  type Client,
  type Clock,
  createClient,
  createLog,
  ErrorReason,
  StatusError,
  systemClock,
} from "@theseus/kit";
import { createSigningKey } from "@theseus/mesh/identity";
import {
  asAdministrator,
  asCaller,
  type CallerOptions,
  createLogRecorder,
  encodeClaims,
  eventually,
  healthOf,
  identity,
  rejectionOf,
} from "@theseus/testing";
import { decodeJwt } from "jose";
import { type Collection, type Document, MongoClient } from "mongodb";
import type { Config } from "../../src/config.js";
import { startUser } from "../../src/start-user.js";
import { parseSigningKeys } from "../../src/tokens/signing-keys.js";
import { newDatabaseUrl } from "./store.js";

export const PASSWORD = "correct horse battery";
export const keyPairs = [createSigningKey(), createSigningKey()] as const;
/** Takes a hundredth of a second, where the default takes a third of one. */
export const CHEAP = 12;

export type UserClient = Client<UserServiceService>;

export interface RunningUser extends AsyncDisposable {
  readonly client: UserClient;
  readonly address: string;
  readonly url: string;
  /** What its health says of the service. */
  isServing(): Promise<boolean>;
  /** All that it has logged. */
  log(): string;
}

export interface ConfigParts extends Omit<Partial<Config>, "mongodbUrl"> {
  readonly mongodbUrl?: string;
}

export interface UserOptions extends ConfigParts {
  readonly clock?: Clock;
}

export async function runUser(options: UserOptions = {}): Promise<RunningUser> {
  const { clock = systemClock, ...rest } = options;
  const { destination, text } = createLogRecorder();
  const config = configOf(rest);
  const log = createLog({ level: config.logLevel, name: "user", destination });
  const server = await startUser(config, { log, clock });
  const client = connect(server.address);
  return {
    client,
    url: config.mongodbUrl.value,
    address: server.address,
    isServing: async () => (await healthOf(server.address)) === "SERVING",
    log: text,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

export function configOf({ mongodbUrl: value = newDatabaseUrl(), ...parts }: ConfigParts = {}): Config {
  const keys = parseSigningKeys(JSON.stringify({ keys: keyPairs }));
  return {
    listen: "127.0.0.1:0",
    mongodbUrl: { value, reread: () => value },
    signingKeys: { value: keys, reread: () => keys },
    bootstrapAdmin: undefined,
    passwordCost: CHEAP,
    identity,
    tokens: { issuer: identity.issuer, audience: identity.audience },
    standbyFile: undefined,
    logLevel: "trace",
    telemetry: undefined,
    ...parts,
  };
}

export function connect(address: string): UserClient {
  return createClient(UserServiceService, { address, timeoutMs: 10_000 });
}

export interface RequestParts {
  readonly email?: string;
  readonly displayName?: string;
  readonly password?: string;
  readonly requestId?: string;
}

export function registration(parts: RequestParts = {}): CreateUserRequest {
  const { email = newEmail(), displayName = "Ada", password = PASSWORD, requestId = randomUUID() } = parts;
  return CreateUserRequest.fromPartial({ user: { email, displayName, password }, requestId });
}

export function register(client: UserClient, parts: RequestParts = {}): Promise<User> {
  return client.createUser(registration(parts));
}

export function newEmail(): string {
  return `${randomUUID()}@shop.test`;
}

export const asAdmin = asAdministrator();

/** What a sidecar sets for a token that it has verified. */
export function holding(session: Session): CallerOptions {
  const options = asCaller({});
  options.metadata.set("x-theseus-claims", encodeClaims(decodeJwt(session.accessToken)));
  return options;
}

/** The reason's name, or "OK". */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "OK";
  } catch (error) {
    if (error instanceof StatusError) return ErrorReason[error.reason];
    throw error;
  }
}

const UNDECIDED: ReadonlySet<ErrorReason> = new Set([
  ErrorReason.RATE_LIMITED,
  ErrorReason.SERVICE_UNAVAILABLE,
  ErrorReason.DEADLINE_EXCEEDED,
]);

/** A call that is repeated while the answer is "not now", as a busy service answers some of many. */
export async function untilDecided<T>(call: () => Promise<T>): Promise<T> {
  const attempt = () =>
    call().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  const isDecided = (seen: Awaited<ReturnType<typeof attempt>>) =>
    !("error" in seen && seen.error instanceof StatusError && UNDECIDED.has(seen.error.reason));
  const seen = await eventually("a definite answer", attempt, { until: isDecided });
  if ("error" in seen) throw seen.error;
  return seen.value;
}

export function refusal(call: Promise<unknown>): Promise<StatusError> {
  return rejectionOf(call, StatusError);
}

export async function inCollection<T>(
  url: string,
  name: string,
  look: (collection: Collection<Document & { _id: string }>) => Promise<T>,
): Promise<T> {
  const client = new MongoClient(url);
  try {
    return await look(client.db().collection(name));
  } finally {
    await client.close();
  }
}

export function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of outcomes) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
}

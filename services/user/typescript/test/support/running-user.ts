import { randomUUID } from "node:crypto";
import { Client as Channel, credentials, Metadata } from "@grpc/grpc-js";
import type { Session } from "@theseus/contract/theseus/user/v1/session.js";
import type { User } from "@theseus/contract/theseus/user/v1/user.js";
import { CreateUserRequest, UserServiceService } from "@theseus/contract/theseus/user/v1/user_service.js";
import {
  type CallOptions,
  type Client,
  createClient,
  createLog,
  ErrorReason,
  StatusError,
} from "@theseus/kit";
import { createSigningKey } from "@theseus/mesh/identity";
import { identity } from "@theseus/testing";
import { decodeJwt } from "jose";
import { type Collection, type Document, MongoClient } from "mongodb";
import { type StartUserOptions, startUser } from "../../src/start-user.js";
import { parseSigningKeys } from "../../src/tokens/signing-keys.js";
import { newDatabaseUrl } from "./store.js";

export const PASSWORD = "correct horse battery";
export const keyPairs = [createSigningKey(), createSigningKey()] as const;
/** Takes a few ms, where the contract's takes a third of a second. */
const CHEAP = { ln: 8, r: 8, p: 1 };

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

export async function runUser(options: Partial<StartUserOptions> = {}): Promise<RunningUser> {
  const lines: string[] = [];
  const log = createLog({
    level: "trace",
    name: "user",
    destination: { write: (line) => void lines.push(line) },
  });
  const url = options.mongodbUrl ?? newDatabaseUrl();
  const server = await startUser({
    listen: "127.0.0.1:0",
    mongodbUrl: url,
    signingKeys: parseSigningKeys(JSON.stringify({ keys: keyPairs })),
    bootstrapAdmin: undefined,
    identity,
    tokens: { issuer: identity.issuer, audience: identity.audience },
    passwordCost: CHEAP,
    ...options,
    log,
  });
  const client = connect(server.address);
  return {
    client,
    url,
    address: server.address,
    isServing: () => isServing(server.address),
    log: () => lines.join(""),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** grpc.health.v1.Health/Check for the whole server, byte by byte: field 1 of the answer is 1 when it serves. */
export function isServing(address: string): Promise<boolean> {
  const channel = new Channel(address, credentials.createInsecure());
  const identity = (bytes: Buffer) => bytes;
  return new Promise<boolean>((resolve, reject) => {
    const path = "/grpc.health.v1.Health/Check";
    channel.makeUnaryRequest(path, identity, identity, Buffer.alloc(0), (error, answer) =>
      error ? reject(error) : resolve(answer?.equals(Buffer.from([8, 1])) ?? false),
    );
  }).finally(() => channel.close());
}

/** Resolves when the condition holds; an answer too late for any test ends the wait. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const latest = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > latest) throw new Error("the condition did not come true");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
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
  return CreateUserRequest.fromPartial({ user: { email, displayName }, password, requestId });
}

export function register(client: UserClient, parts: RequestParts = {}): Promise<User> {
  return client.createUser(registration(parts));
}

export function newEmail(): string {
  return `${randomUUID()}@shop.test`;
}

/** What a sidecar sets for a customer, or for an administrator. */
export function as(user: string, roles: readonly string[] = ["customer"], sid = "none"): CallOptions {
  return withClaims({ sub: user, roles, sid });
}

export const asAdmin = as("users/root", ["customer", "admin"]);

/** What a sidecar sets for a token that it has verified. */
export function holding(session: Session): CallOptions {
  return withClaims(decodeJwt(session.accessToken));
}

function withClaims(claims: object): CallOptions {
  const metadata = new Metadata();
  metadata.set("x-theseus-claims", Buffer.from(JSON.stringify(claims)).toString("base64url"));
  return { metadata };
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

export async function refusal(call: Promise<unknown>): Promise<StatusError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error("was not refused");
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

import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault, type Home } from "@theseus/runtime/control";
import { type Credentials, makeCredentials, writePrivate } from "../../seed/credentials.js";
import { type Answer, createEdgeClient, type EdgeCall, faultOf } from "../../seed/edge-client.js";
import { type Session, signIn, toSession } from "../../seed/session.js";
import { keptSession } from "./kept-session.js";

/** Somebody who buys. */
export interface Customer {
  /** `users/{user}` */
  readonly name: string;
  /** An access token that is good for a while. */
  readonly token: () => Promise<string>;
  /** The address from which this one calls: one source has its share of a method's rate. */
  readonly from?: string;
}

type Call = (call: EdgeCall) => Promise<Answer>;

interface CustomersOptions {
  readonly home: Home;
  readonly http: string;
  readonly count: number;
  /** Nobody else comes then. */
  readonly signal: AbortSignal;
}

/** So many that no customer has more open payments than one may have, while as many journeys as usual are under way. */
export function customersFor(rate: number): number {
  return Math.min(32, Math.max(4, Math.ceil(rate / 2)));
}

/** Customers who are signed in. Their accounts are kept in a private file, for the next time. */
export async function gatherCustomers({
  home,
  http,
  count,
  signal,
}: CustomersOptions): Promise<readonly Customer[]> {
  const file = join(home.secrets, "load-customers.json");
  const known = readAccounts(file);
  const entered: Entered[] = [];
  // One after the other: a password costs a while, and many at once would wait for each other beyond their deadline.
  while (entered.length < count && !signal.aborted) {
    entered.push(await enter(http, known[entered.length], addressOf(entered.length)));
    writePrivate(file, [...entered.map(({ account }) => account), ...known.slice(entered.length)]);
  }
  return entered.map(({ customer }) => customer);
}

/** Loopback has many addresses on Linux alone. */
function addressOf(index: number): string | undefined {
  return process.platform === "linux" ? `127.0.1.${index + 1}` : undefined;
}

interface Entered {
  readonly account: Credentials;
  readonly customer: Customer;
}

/** Whoever is not known, in a store that was emptied say, registers anew. */
async function enter(
  http: string,
  known: Credentials | undefined,
  from: string | undefined,
): Promise<Entered> {
  const source = from === undefined ? {} : { from };
  const call = createEdgeClient(http, source);
  const session = known && (await trySignIn(call, known));
  const account = known !== undefined && session !== undefined ? known : await register(call);
  const first = session ?? (await signIn(call, account));
  const token = keptSession(call, account, first);
  return { account, customer: { name: subjectOf(first), token, ...source } };
}

function subjectOf({ accessToken }: Session): string {
  const claims = Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString();
  return (JSON.parse(claims) as { readonly sub: string }).sub;
}

async function trySignIn(call: Call, body: Credentials): Promise<Session | undefined> {
  return toSession((await call({ method: "POST", path: "/v1/users:signIn", body })).body);
}

async function register(call: Call): Promise<Credentials> {
  const account = newAccount();
  const body = { ...account, displayName: "Customer" };
  const made = await call({ method: "POST", path: "/v1/users", body, key: randomUUID() });
  if (made.status === 200) return account;
  throw new Fault(
    `Registering a customer was answered ${made.status}${faultOf(made)}.`,
    "See theseus logs user-1 and theseus logs gateway-1.",
  );
}

function newAccount(): Credentials {
  return makeCredentials(`customer-${randomBytes(6).toString("hex")}@theseus.example`);
}

/** Whatever is wrong with the file, it is made anew. */
function readAccounts(file: string): readonly Credentials[] {
  if (!existsSync(file)) return [];
  try {
    const read: unknown = JSON.parse(readFileSync(file, "utf8"));
    return Array.isArray(read) ? read.filter(isCredentials) : [];
  } catch {
    return [];
  }
}

function isCredentials(value: unknown): value is Credentials {
  const { email, password } = Object(value) as Partial<Record<string, unknown>>;
  return typeof email === "string" && typeof password === "string";
}

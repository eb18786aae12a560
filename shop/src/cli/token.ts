import { readFileSync } from "node:fs";
import type { Endpoints, Home } from "@theseus/runtime/control";
import { readCredentials, writePrivate } from "../seed/credentials.js";
import { type Answer, createEdgeClient, type EdgeCall, type EdgeClientOptions } from "../seed/edge-client.js";
import { peopleOf } from "../seed/people.js";
import { freshen, type Session, signIn, toSession } from "../seed/session.js";
import { askStatus, sayNotRunning } from "./supervisor.js";

export interface TokenFlags {
  readonly admin?: true;
  readonly header?: true;
}

/**
 * An access token lasts for less than a minute, so whoever types asks for one with each command. The session is kept in a
 * private file and refreshed: signing in each time would cost a password hash, and use up a source's quota.
 */
export async function token(home: Home, flags: TokenFlags): Promise<number> {
  const { endpoints } = (await askStatus(home)) ?? {};
  if (endpoints === undefined) return sayNotRunning(home);
  console.log(await tokenAt(endpoints, flags));
  return 0;
}

/** The same of any shop whose accounts are here. */
export async function tokenAt(
  endpoints: Endpoints,
  { admin, header }: TokenFlags,
  edge: EdgeClientOptions = {},
): Promise<string> {
  const people = peopleOf(endpoints);
  const credentials = admin ? people.admin : people.customer;
  const { accessToken } = await openSession(createEdgeClient(endpoints.http, edge), credentials);
  return header ? `Authorization: Bearer ${accessToken}` : accessToken;
}

type Call = (call: EdgeCall) => Promise<Answer>;

/** Of two commands at once that refresh one session the second ends it; either then signs in. */
async function openSession(call: Call, credentials: string): Promise<Session> {
  const file = credentials.replace(/\.json$/, ".session.json");
  const kept = readSession(file);
  const session = (kept && (await freshen(call, kept))) ?? (await signIn(call, readCredentials(credentials)));
  if (session !== kept) writePrivate(file, session);
  return session;
}

/** Whatever is wrong with the file, signing in makes it anew. */
function readSession(file: string): Session | undefined {
  try {
    return toSession(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

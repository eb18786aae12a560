import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import {
  type Authority,
  type AuthorityOptions,
  type Identity,
  type IdentityPaths,
  type KeptIdentity,
  keepIdentity,
  openAuthority,
  openSigningKeys,
  type SigningKeys,
  writeIdentity,
} from "@theseus/mesh/identity";
import { callersOf } from "@theseus/mesh/policy";
import { Fault, toFault } from "../fault.js";
import type { SystemContext } from "./context.js";
import type { SystemExternal } from "./topology.js";

const dayMs = 24 * 3_600_000;

/** Keys and certificates of a system, kept and renewed, and the private files that it keeps itself. */
export interface Secrets extends AsyncDisposable {
  readonly signingKeys: SigningKeys;
  /** Certificate files by workload. */
  readonly identities: ReadonlyMap<string, IdentityPaths>;
  /** Certificate files for TLS with each outside party, by its name. */
  readonly externals: ReadonlyMap<string, ExternalSecrets>;
  /** All certificates that sidecars show, of `identities` and of the clients of `externals`. */
  readonly kept: readonly KeptIdentity[];
  /** Files that people use, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** An outside party has an authority of its own. */
export interface ExternalSecrets {
  /** What it shows itself. */
  readonly server: IdentityPaths;
  /** What the workloads show that the contract lets call it, by workload. */
  readonly clients: ReadonlyMap<string, IdentityPaths>;
}

/** Writes an identity into a folder and keeps it renewed. */
type Keep = (folder: string, issue: () => Promise<Identity>) => Promise<IdentityPaths>;

/** Opens them all, or leaves nothing open. */
export async function openSecrets(context: SystemContext): Promise<Secrets> {
  const { home, topology } = context;
  await using opened = new AsyncDisposableStack();
  const kept: KeptIdentity[] = [];
  const keep: Keep = async (folder, issue) => {
    const onFault = (error: unknown) => context.report(toFault(error, `${folder} cannot be renewed`).message);
    const identity = opened.use(await keepIdentity(identityFolder(context, folder), { issue, onFault }));
    kept.push(identity);
    return identity.paths;
  };
  const authority = await openKeptAuthority(join(home.secrets, "authority"), { topology });
  const identities = new Map<string, IdentityPaths>();
  for (const { name } of topology.workloads) {
    identities.set(name, await keep(name, () => authority.issue(name)));
  }
  const externals = new Map<string, ExternalSecrets>();
  for (const external of topology.externals) {
    externals.set(external.name, await openExternalSecrets(context, external, keep));
  }
  const signing = join(home.secrets, "signing");
  const signingKeys = await openSigningKeys(signing).catch((error: unknown) => {
    throw unusable(signing, "new keys; whoever is signed in has to sign in again", error);
  });
  const files = context.keepSecrets(home.secrets);
  const owned = opened.move();
  return {
    signingKeys,
    identities,
    externals,
    kept,
    files,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

async function openExternalSecrets(
  context: SystemContext,
  { name, title, serverName }: SystemExternal,
  keep: Keep,
): Promise<ExternalSecrets> {
  const { home, topology, policy } = context;
  const folder = join(home.secrets, `${name}-authority`);
  const options = { name: `${title} authority`, topology };
  const authority = await openKeptAuthority(folder, options);
  // It reads its certificate only when it starts: this one outlives any run.
  const lasting = await openAuthority(folder, { ...options, lifetimeMs: 365 * dayMs });
  const server = await lasting.issueServer([serverName, "127.0.0.1"]);
  const clients = new Map<string, IdentityPaths>();
  for (const caller of callersOf(policy, topology, name)) {
    clients.set(caller, await keep(`${caller}-to-${name}`, () => authority.issueClient(caller)));
  }
  return { server: await writeIdentity(identityFolder(context, name), server), clients };
}

async function openKeptAuthority(folder: string, options: AuthorityOptions): Promise<Authority> {
  try {
    return await openAuthority(folder, options);
  } catch (error) {
    throw unusable(folder, "a new authority, and new certificates by it", error);
  }
}

/** What is wrong with a folder of keys, and what follows when it is made anew. */
function unusable(folder: string, consequence: string, error: unknown): Fault {
  const why = error instanceof Error ? error.message : String(error);
  return new Fault(
    `The keys in ${folder} cannot be used: ${why}.`,
    `Put back a copy of them; or remove the folder: the next start makes ${consequence}.`,
    { cause: error },
  );
}

function identityFolder({ home }: SystemContext, name: string): string {
  return join(home.secrets, "identity", name);
}

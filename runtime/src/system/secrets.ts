import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import {
  type Authority,
  type AuthorityOptions,
  type Identity,
  type IdentityPaths,
  identityPaths,
  type KeptIdentity,
  keepIdentity,
  openAuthority,
  openSigningKeys,
  type SigningKeys,
  writeIdentity,
} from "@theseus/mesh/identity";
import { callersOf } from "@theseus/mesh/policy";
import { toFault } from "../fault.js";
import type { SystemContext } from "./context.js";
import type { SystemExternal } from "./topology.js";
import { unusable } from "./unusable.js";

const dayMs = 24 * 3_600_000;

/** Keys and certificates of a system, kept and renewed, and the private files that it keeps itself. */
export interface Secrets extends AsyncDisposable {
  readonly signingKeys: SigningKeys;
  /** What outside parties show, by their names: each has an authority of its own. */
  readonly externals: ReadonlyMap<string, IdentityPaths>;
  /**
   * Certificates for one instance, made now and kept renewed until they are disposed of.
   *
   * @throws whatever `mayIssue` throws, which is asked before each leaf
   */
  openIdentity(instance: IdentityOf): Promise<InstanceIdentity>;
  /** The certificates of all instances there are. */
  readonly identities: readonly InstanceIdentity[];
  /** Files that people use, by name. */
  readonly files: Readonly<Record<string, string>>;
}

export interface IdentityOf {
  /** `ship-1` */
  readonly instance: string;
  readonly workload: string;
  /** Throws where no leaf is to be issued to it any more. */
  mayIssue(): void;
}

/** All that the sidecar of one instance shows. */
export interface InstanceIdentity extends AsyncDisposable, Pick<IdentityOf, "instance" | "mayIssue"> {
  /** To the mesh. */
  readonly mesh: IdentityPaths;
  /** To the outside parties that the contract lets it call, by name. */
  readonly externals: ReadonlyMap<string, IdentityPaths>;
  readonly kept: readonly KeptIdentity[];
}

interface Party {
  readonly authority: Authority;
  readonly server: IdentityPaths;
  /** Workloads that the contract lets call it. */
  readonly callers: readonly string[];
}

/** Opens them all, or leaves nothing open. */
export async function openSecrets(context: SystemContext): Promise<Secrets> {
  const { home, topology } = context;
  await using opened = new AsyncDisposableStack();
  const authority = await openKeptAuthority(join(home.secrets, "authority"), { topology });
  const parties = new Map<string, Party>();
  for (const external of topology.externals) parties.set(external.name, await openParty(context, external));
  const signing = join(home.secrets, "signing");
  const signingKeys = await openSigningKeys(signing).catch((error: unknown) => {
    throw unusable(signing, "new keys; whoever is signed in has to sign in again", error);
  });
  const files = context.keepSecrets(home.secrets);
  const identities = new Set<InstanceIdentity>();
  opened.defer(async () => {
    for (const identity of [...identities]) await identity[Symbol.asyncDispose]();
  });
  const owned = opened.move();
  return {
    signingKeys,
    externals: new Map([...parties].map(([name, { server }]) => [name, server])),
    async openIdentity(of) {
      const identity = await openInstanceIdentity(context, of, { authority, parties });
      const whole: InstanceIdentity = {
        ...identity,
        async [Symbol.asyncDispose]() {
          identities.delete(whole);
          await identity[Symbol.asyncDispose]();
        },
      };
      identities.add(whole);
      return whole;
    },
    get identities() {
      return [...identities];
    },
    files,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

async function openInstanceIdentity(
  context: SystemContext,
  { instance, workload, mayIssue }: IdentityOf,
  { authority, parties }: { readonly authority: Authority; readonly parties: ReadonlyMap<string, Party> },
): Promise<InstanceIdentity> {
  await using opened = new AsyncDisposableStack();
  const kept: KeptIdentity[] = [];
  const keep = async (name: string, issue: () => Promise<Identity>): Promise<IdentityPaths> => {
    const folder = identityFolder(context, name);
    opened.defer(() => rm(folder, { recursive: true, force: true }));
    const { certificate } = identityPaths(folder);
    // One that is taken over runs on with what it has, to the end of its life.
    if (!isWilling(mayIssue) && existsSync(certificate)) return identityPaths(folder);
    let told = "";
    const onFault = (error: unknown) => {
      const { message } = toFault(error, `${name} cannot be renewed`);
      if (message !== told) context.report(message);
      told = message;
    };
    const guarded = async () => {
      mayIssue();
      return issue();
    };
    const identity = opened.use(await keepIdentity(folder, { issue: guarded, onFault }));
    kept.push(identity);
    return identity.paths;
  };
  const mesh = await keep(instance, () => authority.issue(workload));
  const externals = new Map<string, IdentityPaths>();
  for (const [name, party] of parties) {
    if (!party.callers.includes(workload)) continue;
    externals.set(name, await keep(`${instance}-to-${name}`, () => party.authority.issueClient(workload)));
  }
  const owned = opened.move();
  return { instance, mayIssue, mesh, externals, kept, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function isWilling(mayIssue: () => void): boolean {
  try {
    mayIssue();
    return true;
  } catch {
    return false;
  }
}

async function openParty(
  context: SystemContext,
  { name, title, serverName }: SystemExternal,
): Promise<Party> {
  const { home, topology, policy } = context;
  const folder = join(home.secrets, `${name}-authority`);
  const options = { name: `${title} authority`, topology };
  const authority = await openKeptAuthority(folder, options);
  // It reads its certificate only when it starts: this one outlives any run.
  const lasting = await openAuthority(folder, { ...options, lifetimeMs: 365 * dayMs });
  const server = await lasting.issueServer([serverName, "127.0.0.1"]);
  const callers = [...callersOf(policy, topology, name)];
  return { authority, callers, server: await writeIdentity(identityFolder(context, name), server) };
}

async function openKeptAuthority(folder: string, options: AuthorityOptions): Promise<Authority> {
  try {
    return await openAuthority(folder, options);
  } catch (error) {
    throw unusable(folder, "a new authority, and new certificates by it", error);
  }
}

function identityFolder({ home }: SystemContext, name: string): string {
  return join(home.secrets, "identity", name);
}

import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { spiffeId, type Topology } from "../topology.js";
import {
  createAuthorityCertificate,
  createLeaf,
  type Identity,
  type Issuer,
  parseIssuer,
  type Subject,
} from "./certificate.js";
import { assertPrivate, createPrivateFile, ensurePrivateFolder, isCode } from "./private-file.js";

const dayMs = 24 * 3_600_000;
const authorityLifetimeMs = 3650 * dayMs;

export interface AuthorityOptions {
  /** The authority's own name. Default `mesh authority`. */
  readonly name?: string;
  /** The workloads that leaves are issued for, and their trust domain. */
  readonly topology: Topology;
  /** Lifetime of a leaf. Default 24 hours. */
  readonly lifetimeMs?: number;
  readonly now?: () => Date;
}

/** Signs certificates with a key that stays in one private file. */
export interface Authority {
  /** Its certificate in PEM. */
  readonly trustBundle: string;
  /** A leaf with the workload's SPIFFE id, for both sides of mutual TLS. */
  issue(workload: string): Promise<Identity>;
  /** A leaf for a server that is known by DNS names or addresses. */
  issueServer(names: readonly string[]): Promise<Identity>;
  /** A leaf for a client outside the mesh. */
  issueClient(name: string): Promise<Identity>;
}

/**
 * Opens the authority kept in a folder, and makes it there when there is none. Two processes that open the same
 * folder at once get the same authority. Throws `ExposedFileError` when others may read its key.
 */
export async function openAuthority(folder: string, options: AuthorityOptions): Promise<Authority> {
  const { name = "mesh authority", topology, lifetimeMs = dayMs, now = () => new Date() } = options;
  const issuer = await loadOrCreate(join(folder, "authority.pem"), name, now);
  const issue = (subject: Subject): Promise<Identity> =>
    createLeaf(issuer, subject, { now: now(), lifetimeMs });
  return {
    trustBundle: issuer.trustBundle,
    issue: (workload) => {
      assertKnown(topology, workload);
      return issue({
        commonName: workload,
        names: [{ type: "url", value: spiffeId(topology, workload) }],
        usages: ["server", "client"],
      });
    },
    issueServer: (names) =>
      issue({
        commonName: names[0] ?? "server",
        names: names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value })),
        usages: ["server"],
      }),
    issueClient: (client) =>
      issue({ commonName: client, names: [{ type: "dns", value: client }], usages: ["client"] }),
  };
}

async function loadOrCreate(path: string, name: string, now: () => Date): Promise<Issuer> {
  const stored = await readPrivate(path);
  if (stored !== undefined) return parseIssuer(stored);
  const made = await createAuthorityCertificate(name, { now: now(), lifetimeMs: authorityLifetimeMs });
  const content = made.privateKey + made.certificate;
  if (await createPrivateFile(path, content)) return parseIssuer(content);
  return loadOrCreate(path, name, now);
}

async function readPrivate(path: string): Promise<string | undefined> {
  try {
    await assertPrivate(path);
    await ensurePrivateFolder(join(path, ".."));
    return await readFile(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function assertKnown(topology: Topology, workload: string): void {
  if (!topology.workloads.some(({ name }) => name === workload)) {
    throw new Error(`no workload "${workload}" in the topology`);
  }
}

import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { secretFiles } from "../envoy/security/secrets.js";
import type { Identity } from "./certificate.js";
import { ensurePrivateFolder, isCode } from "./private-file.js";

/** Names inside the folder, the same as in a Kubernetes TLS secret. */
export interface IdentityPaths {
  readonly certificate: string;
  readonly privateKey: string;
  readonly trustBundle: string;
}

export function identityPaths(folder: string): IdentityPaths {
  return {
    certificate: join(folder, "tls.crt"),
    privateKey: join(folder, "tls.key"),
    trustBundle: join(folder, "ca.crt"),
  };
}

/**
 * Puts an identity into a folder as one atomic step: the names are links through `..data`, and one rename of
 * `..data` swaps certificate, key and bundle together, so nobody ever reads a key beside another's certificate.
 */
export async function writeIdentity(folder: string, identity: Identity): Promise<IdentityPaths> {
  await ensurePrivateFolder(folder);
  const version = `..${randomUUID()}`;
  await mkdir(join(folder, version), { mode: 0o700 });
  const files = [
    ["tls.crt", identity.certificate],
    ["tls.key", identity.privateKey],
    ["ca.crt", identity.trustBundle],
    ...Object.entries(secretFiles(identity)).map(([name, secret]) => [name, JSON.stringify(secret)] as const),
  ] as const;
  for (const [name, content] of files) {
    await writeFile(join(folder, version, name), content, { mode: 0o600, flag: "wx" });
  }
  await symlink(version, join(folder, `${version}.link`));
  await rename(join(folder, `${version}.link`), join(folder, "..data"));
  for (const [name] of files) await ensureLink(join(folder, name), join("..data", name));
  await removeOthers(folder, version);
  return identityPaths(folder);
}

/** The version before, and what somebody has left who was killed while writing. */
async function removeOthers(folder: string, version: string): Promise<void> {
  const kept = ["..data", version];
  const others = (await readdir(folder)).filter((name) => name.startsWith("..") && !kept.includes(name));
  for (const name of others) await rm(join(folder, name), { recursive: true, force: true });
}

async function ensureLink(path: string, target: string): Promise<void> {
  try {
    await symlink(target, path);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  }
}

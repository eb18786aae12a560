import { randomUUID } from "node:crypto";
import { mkdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
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
  const previous = await currentVersion(folder);
  await symlink(version, join(folder, `${version}.link`));
  await rename(join(folder, `${version}.link`), join(folder, "..data"));
  for (const [name] of files) await ensureLink(join(folder, name), join("..data", name));
  if (previous !== undefined) await rm(join(folder, previous), { recursive: true, force: true });
  return identityPaths(folder);
}

async function currentVersion(folder: string): Promise<string | undefined> {
  try {
    return await readlink(join(folder, "..data"));
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

async function ensureLink(path: string, target: string): Promise<void> {
  try {
    await symlink(target, path);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  }
}

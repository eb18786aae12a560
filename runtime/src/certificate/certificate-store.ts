import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../process/replace-file.js";
import { type Envelope, parseEnvelope, seal, unseal } from "./envelope.js";
import type { ProofKey } from "./proof-key.js";
import { fromStatement, type Result, toStatement } from "./statement.js";

/** A certificate that the authority of this system has signed. */
export interface Certificate {
  readonly path: string;
  readonly result: Result;
}

/** Keeps a result, signed; answers its path. */
export function keepCertificate(folder: string, result: Result, key: ProofKey): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { service, language, contentHash, inputs } = result;
  const covered = createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
  const name = `${service}-${language}-${contentHash.slice(0, 12)}-${covered.slice(0, 8)}.dsse.json`;
  const path = join(folder, name);
  replaceFile(path, `${JSON.stringify(seal(toStatement(result), key.privateKey), null, 2)}\n`);
  return path;
}

/**
 * Reads a certificate whose signature fits, of whatever time.
 *
 * @throws Error that says what is wrong with it
 */
export function readCertificate(path: string, { publicKey }: Pick<ProofKey, "publicKey">): Certificate {
  return { path, result: fromStatement(unseal(readEnvelope(path), publicKey)) };
}

export function readEnvelope(path: string): Envelope {
  return parseEnvelope(readFileSync(path, "utf8"));
}

/** Certificates of a service, the latest first. What is none counts for nothing here. */
export function certificatesOf(
  folder: string,
  service: string,
  key: Pick<ProofKey, "publicKey">,
): readonly Certificate[] {
  return all(folder, key)
    .filter(({ result }) => result.service === service)
    .sort((a, b) => b.result.issuedAt.getTime() - a.result.issuedAt.getTime());
}

/** Removes certificates that have expired; answers of which builds there are others. */
export function removeExpired(
  folder: string,
  key: Pick<ProofKey, "publicKey">,
  now: Date,
): readonly string[] {
  const certificates = all(folder, key);
  const isOver = ({ result }: Certificate) => result.expiresAt <= now;
  for (const { path } of certificates.filter(isOver)) rmSync(path, { force: true });
  return certificates.filter((each) => !isOver(each)).map(({ result }) => result.contentHash);
}

function all(folder: string, key: Pick<ProofKey, "publicKey">): readonly Certificate[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".dsse.json"))
    .flatMap((name) => {
      try {
        return [readCertificate(join(folder, name), key)];
      } catch {
        return [];
      }
    });
}

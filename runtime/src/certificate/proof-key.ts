import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { assertPrivate, createPrivateFile } from "@theseus/mesh/identity";
import { unusable } from "../system/unusable.js";

/** With which the authority of a system signs certificates of implementations, and nothing else. */
export interface ProofKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** PEM, for those who verify with other tools. */
  readonly publicFile: string;
}

/** Opens the key in a folder, or makes one. EC P-256, which every verifier of such certificates knows. */
export async function openProofKey(folder: string): Promise<ProofKey> {
  try {
    const path = join(folder, "proofs.pem");
    await createPrivateFile(path, createKey());
    await assertPrivate(path);
    const privateKey = createPrivateKey(await readFile(path));
    const publicKey = createPublicKey(privateKey);
    const publicFile = join(folder, "proofs.pub.pem");
    await createPrivateFile(publicFile, publicKey.export({ type: "spki", format: "pem" }).toString());
    return { privateKey, publicKey, publicFile };
  } catch (error) {
    throw unusable(folder, "a new key, and every implementation has to be proven anew", error);
  }
}

function createKey(): string {
  return generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;
}

import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";

/** A DSSE envelope, as https://github.com/secure-systems-lab/dsse has it. */
export interface Envelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** The media type of in-toto statements. */
export const statementType = "application/vnd.in-toto+json";

/** Signs a text with ECDSA over SHA-256; the key is named by the hash of its public part. */
export function seal(text: string, key: KeyObject): Envelope {
  const body = Buffer.from(text);
  const sig = sign("sha256", preAuthenticated(statementType, body), key).toString("base64");
  const signatures = [{ keyid: keyId(createPublicKey(key)), sig }];
  return { payloadType: statementType, payload: body.toString("base64"), signatures };
}

/**
 * The text, when the key has signed it. Which key an envelope names counts for nothing.
 *
 * @throws Error that says in half a sentence what is wrong
 */
export function unseal({ payloadType, payload, signatures }: Envelope, key: KeyObject): string {
  const body = Buffer.from(payload, "base64");
  const signed = preAuthenticated(payloadType, body);
  const isOurs = signatures.some(({ sig }) => verify("sha256", signed, key, Buffer.from(sig, "base64")));
  if (!isOurs) throw new Error(whyNot(signatures, keyId(key)));
  if (payloadType !== statementType) throw new Error(`its payload is no in-toto statement: ${payloadType}`);
  return body.toString();
}

/** @throws Error when it is none */
export function parseEnvelope(text: string): Envelope {
  const envelope = parse(text) as Partial<Envelope> | null;
  const { payloadType, payload, signatures } = envelope ?? {};
  const isSigned = Array.isArray(signatures) && signatures.every((each) => typeof each?.sig === "string");
  if (typeof payloadType === "string" && typeof payload === "string" && isSigned)
    return { payloadType, payload, signatures };
  throw new Error("it is no DSSE envelope");
}

/** SHA-256 of the public key as DER has it (SubjectPublicKeyInfo), in hexadecimal. */
export function keyId(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** What is signed: type and body with their lengths, so that neither can be taken for a part of the other. */
function preAuthenticated(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
}

function whyNot(signatures: Envelope["signatures"], own: string): string {
  if (signatures.length === 0) return "nobody has signed it";
  const named = signatures.map(({ keyid }) => keyid);
  if (named.includes(own)) return "its signature does not fit: it was changed, or signed with another key";
  return `another authority has signed it (key ${named.join(", ").slice(0, 200) || "unnamed"})`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("it is no JSON");
  }
}

import { createAuthorityCertificate, createLeaf, type Identity, parseIssuer } from "./certificate.js";

const lifetimeMs = 3_600_000;

/**
 * A certificate for both sides of mutual TLS on 127.0.0.1, by an authority that signs nothing else: its key is dropped.
 * Valid for an hour.
 */
export async function createLoopbackIdentity(now: Date = new Date()): Promise<Identity> {
  const validity = { now, lifetimeMs };
  const { privateKey, certificate } = await createAuthorityCertificate("loopback authority", validity);
  const issuer = await parseIssuer(privateKey + certificate);
  const names = [{ type: "ip", value: "127.0.0.1" }] as const;
  return createLeaf(
    issuer,
    { commonName: "loopback", names: [...names], usages: ["server", "client"] },
    validity,
  );
}

import "reflect-metadata";
import { createPrivateKey, KeyObject, randomBytes, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

const keyAlgorithm = { name: "ECDSA", namedCurve: "P-256" };
const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };

/** Clocks differ: a certificate is valid from a little before it was made. */
const skewMs = 5 * 60_000;

/** A certificate and its key in PEM, with the authority that the other side is checked against. */
export interface Identity {
  readonly certificate: string;
  readonly privateKey: string;
  readonly trustBundle: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export interface Subject {
  readonly commonName: string;
  readonly names: JsonGeneralNames;
  readonly usages: readonly ("server" | "client")[];
}

/** What signs leaves. */
export interface Issuer {
  readonly certificate: X509Certificate;
  readonly trustBundle: string;
  readonly key: webcrypto.CryptoKey;
}

export interface Validity {
  readonly now: Date;
  readonly lifetimeMs: number;
}

/** A self-signed authority that may sign leaves only. */
export async function createAuthorityCertificate(name: string, validity: Validity): Promise<Identity> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: distinguishedName(name),
      keys,
      ...bounds(validity),
      signingAlgorithm,
      serialNumber: serialNumber(),
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return toIdentity(certificate, keys.privateKey, certificate, validity);
}

export async function createLeaf(issuer: Issuer, subject: Subject, validity: Validity): Promise<Identity> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create(
    {
      subject: distinguishedName(subject.commonName),
      issuer: issuer.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: issuer.key,
      ...bounds(validity),
      signingAlgorithm,
      serialNumber: serialNumber(),
      extensions: await leafExtensions(issuer, subject, keys.publicKey),
    },
    webcrypto,
  );
  return toIdentity(certificate, keys.privateKey, issuer.certificate, validity);
}

async function leafExtensions(
  issuer: Issuer,
  subject: Subject,
  publicKey: webcrypto.CryptoKey,
): Promise<Extension[]> {
  const usages = subject.usages.map((usage) =>
    usage === "server" ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth,
  );
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(usages, false),
    new SubjectAlternativeNameExtension(subject.names, false),
    await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
    await AuthorityKeyIdentifierExtension.create(issuer.certificate, false, webcrypto),
  ];
}

/** Reads an authority's key and certificate, in PEM one after the other. */
export async function parseIssuer(pem: string): Promise<Issuer> {
  const trustBundle = pem.slice(pem.indexOf("-----BEGIN CERTIFICATE-----"));
  const pkcs8 = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  const key = await webcrypto.subtle.importKey("pkcs8", pkcs8, keyAlgorithm, false, ["sign"]);
  return { certificate: new X509Certificate(trustBundle), trustBundle, key };
}

function toIdentity(
  certificate: X509Certificate,
  key: webcrypto.CryptoKey,
  authority: X509Certificate,
  validity: Validity,
): Identity {
  return {
    certificate: `${certificate.toString("pem")}\n`,
    privateKey: KeyObject.from(key).export({ type: "pkcs8", format: "pem" }).toString(),
    trustBundle: `${authority.toString("pem")}\n`,
    issuedAt: validity.now,
    expiresAt: certificate.notAfter,
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
}

function bounds({ now, lifetimeMs }: Validity): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(now.getTime() - skewMs), notAfter: new Date(now.getTime() + lifetimeMs) };
}

/** 127 random bits, positive, and never with a leading zero octet that DER would drop. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString("hex");
}

function distinguishedName(commonName: string): string {
  return `O=theseus, CN=${commonName}`;
}

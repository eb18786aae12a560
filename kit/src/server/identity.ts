import type { Metadata } from "@grpc/grpc-js";
import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";
import type { Principal } from "./call.js";
import { CLAIMS_HEADER } from "./handed-headers.js";
import { header } from "./trace.js";

/** Whose workloads callers are, and what the access tokens of end users say: the launch protocol hands it over. */
export interface Identity {
  /** SPIFFE trust domain of the mesh, such as `theseus.local`. */
  readonly trustDomain: string;
  /** What the subject of an access token begins with, such as `users/`. */
  readonly subjectPrefix: string;
  /** The role that makes an administrator, such as `admin`. */
  readonly adminRole: string;
}

const SPIFFE_ID = /(?<=^|;)URI="?spiffe:\/\/([^/]+)\/ns\/[a-z0-9-]+\/sa\/([a-z0-9-]+)"?(?=;|$)/g;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Half of a surrogate pair, which JSON can write and which is no character. */
const HALF_CHARACTER = /\p{Surrogate}/u;

/** A caller with a certificate that is not of this mesh: no rule names it. */
export const UNKNOWN_CALLER = "unknown";

/**
 * The workload that the sidecar has seen in the caller's certificate: the last element of
 * `x-forwarded-client-cert`, which is the nearest hop. Undefined when there is no sidecar. Without an identity to compare
 * with, every certificate is an unknown workload's.
 */
export function callerOf(metadata: Metadata, identity: Identity | undefined): string | undefined {
  const chain = header(metadata, "x-forwarded-client-cert");
  if (chain === undefined) return undefined;
  const nearest = chain.slice(chain.lastIndexOf(",") + 1).trim();
  return workloadOf(nearest, identity?.trustDomain) ?? UNKNOWN_CALLER;
}

/** The domain is compared as it is, so that no character of it has a meaning. */
function workloadOf(certificate: string, trustDomain: string | undefined): string | undefined {
  const ids = [...certificate.matchAll(SPIFFE_ID)];
  return ids.find(([, domain]) => domain === trustDomain)?.[2];
}

/**
 * The end user, from the claims of the token that the sidecar has verified (`x-theseus-claims`, base64url JSON).
 * Undefined without a token; throws TOKEN_INVALID when the claims are not what a token of this mesh says, and always
 * without an identity.
 */
export function principalOf(metadata: Metadata, identity: Identity | undefined): Principal | undefined {
  const encoded = header(metadata, CLAIMS_HEADER);
  if (encoded === undefined) return undefined;
  const principal = identity && toPrincipal(parseClaims(encoded), identity);
  if (principal === undefined) {
    throw new StatusError(ErrorReason.TOKEN_INVALID, "the access token is not one of this shop");
  }
  return principal;
}

function toPrincipal({ sub, roles, sid }: Claims, identity: Identity): Principal | undefined {
  if (typeof sub !== "string" || !sub.startsWith(identity.subjectPrefix)) return undefined;
  if (!isTexts(roles) || typeof sid !== "string") return undefined;
  return { user: sub, roles, sessionId: sid, isAdmin: roles.includes(identity.adminRole) };
}

type Claims = Readonly<Record<string, unknown>>;

function parseClaims(encoded: string): Claims {
  const bytes = Buffer.from(encoded, "base64url");
  // Buffer takes other alphabets too, and passes over what is in none.
  if (bytes.toString("base64url") !== encoded) return {};
  try {
    const claims: unknown = JSON.parse(UTF8.decode(bytes), refuseHalves);
    return typeof claims === "object" && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}

function refuseHalves(name: string, value: unknown): unknown {
  if ([name, value].some((text) => typeof text === "string" && HALF_CHARACTER.test(text)))
    throw new SyntaxError("half of a surrogate pair is no character");
  return value;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

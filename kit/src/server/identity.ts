import type { Metadata } from "@grpc/grpc-js";
import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";
import type { Principal } from "./call.js";
import { header } from "./trace.js";

const SPIFFE_ID = /(?:^|;)URI="?spiffe:\/\/theseus\.local\/ns\/[a-z0-9-]+\/sa\/([a-z0-9-]+)"?(?:;|$)/;
const BASE64URL = /^[\w-]+={0,2}$/;

/** A caller with a certificate that is not of this mesh: no rule names it. */
export const UNKNOWN_CALLER = "unknown";

/**
 * The workload that the sidecar has seen in the caller's certificate: the last element of
 * `x-forwarded-client-cert`, which is the nearest hop. Undefined when there is no sidecar.
 */
export function callerOf(metadata: Metadata): string | undefined {
  const chain = header(metadata, "x-forwarded-client-cert");
  if (chain === undefined) return undefined;
  const nearest = chain.slice(chain.lastIndexOf(",") + 1).trim();
  return SPIFFE_ID.exec(nearest)?.[1] ?? UNKNOWN_CALLER;
}

/**
 * The end user, from the claims of the token that the sidecar has verified (`x-theseus-claims`, base64url JSON).
 * Undefined without a token; throws TOKEN_INVALID when the claims are not what a token of the shop says.
 */
export function principalOf(metadata: Metadata): Principal | undefined {
  const encoded = header(metadata, "x-theseus-claims");
  if (encoded === undefined) return undefined;
  const { sub, roles, sid } = parseClaims(encoded);
  if (typeof sub !== "string" || !sub.startsWith("users/") || !isTexts(roles) || typeof sid !== "string") {
    throw new StatusError(ErrorReason.TOKEN_INVALID, "the access token is not one of this shop");
  }
  return { user: sub, roles, sessionId: sid };
}

function parseClaims(encoded: string): Readonly<Record<string, unknown>> {
  // Buffer takes other alphabets too, and passes over what is in none.
  if (!BASE64URL.test(encoded)) return {};
  try {
    const claims: unknown = JSON.parse(Buffer.from(encoded, "base64url").toString());
    return typeof claims === "object" && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

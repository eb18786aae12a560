import { Metadata } from "@grpc/grpc-js";
import { identity } from "./identity.js";

/** Who calls, as a sidecar tells it. */
export interface Caller {
  /** The workload in the peer's certificate. Absent: there is no mesh. */
  readonly workload?: string;
  /** The trust domain of that certificate. Default: the shop's. */
  readonly trustDomain?: string;
  /** The subject of the access token, such as `users/ann`. Absent: there is no token. */
  readonly user?: string;
  /** Default: `customer`. */
  readonly roles?: readonly string[];
  /** The session that the token belongs to. Default: `s1`. */
  readonly session?: string;
  /** The network address from which the call reached the system. Absent: the edge has not told. */
  readonly source?: string;
  /** `x-request-id` */
  readonly requestId?: string;
}

/** Call options that carry who calls. */
export interface CallerOptions {
  readonly metadata: Metadata;
}

/** The headers that a sidecar hands over for a caller. */
export function callerHeaders(caller: Caller): Record<string, string> {
  const { workload, trustDomain = identity.trustDomain, user, source, requestId } = caller;
  const { roles = ["customer"], session = "s1" } = caller;
  return {
    ...(workload !== undefined && { "x-forwarded-client-cert": certificateOf(workload, trustDomain) }),
    ...(user !== undefined && { "x-theseus-claims": encodeClaims({ sub: user, roles, sid: session }) }),
    ...(source !== undefined && { "x-theseus-source": source }),
    ...(requestId !== undefined && { "x-request-id": requestId }),
  };
}

/**
 * A call by a caller.
 *
 * @example await client.getItem(request, asCaller({ workload: "gateway", user: "users/ann" }));
 */
export function asCaller(caller: Caller): CallerOptions {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(callerHeaders(caller))) metadata.set(name, value);
  return { metadata };
}

/** A call by a workload on its own behalf. */
export function asWorkload(workload: string): CallerOptions {
  return asCaller({ workload });
}

/** A call with a customer's access token. */
export function asUser(user: string, rest: Omit<Caller, "user"> = {}): CallerOptions {
  return asCaller({ ...rest, user });
}

/** A call with an administrator's access token. */
export function asAdministrator(
  user = "users/root",
  rest: Omit<Caller, "user" | "roles"> = {},
): CallerOptions {
  return asCaller({ ...rest, user, roles: ["customer", identity.adminRole] });
}

/** The value of `x-theseus-claims` for any claims, also such as no token has. */
export function encodeClaims(claims: unknown): string {
  return Buffer.from(JSON.stringify(claims)).toString("base64url");
}

function certificateOf(workload: string, trustDomain: string): string {
  const id = (name: string) => `spiffe://${trustDomain}/ns/shop/sa/${name}`;
  return `By=${id("called")};Hash=0a;Subject="CN=x";URI=${id(workload)}`;
}

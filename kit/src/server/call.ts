import type { Metadata } from "@grpc/grpc-js";
import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";
import type { Log } from "../process/log.js";

/** The end user of a call, from the access token that the sidecar has verified. */
export interface Principal {
  /** Resource name, `users/…`. */
  readonly user: string;
  readonly roles: readonly string[];
  /** The session that the token belongs to. */
  readonly sessionId: string;
  /** Whether a role of theirs makes an administrator. */
  readonly isAdmin: boolean;
}

/** What a handler knows of the call that it answers. */
export interface Call {
  /** Full path, `/package.Service/Method`. */
  readonly method: string;
  /** The request's headers. */
  readonly metadata: Metadata;
  /** Aborted when the caller leaves, the deadline passes or the server has no more time to stop. */
  readonly signal: AbortSignal;
  /** The earlier one of the caller's deadline and the contract's. */
  readonly deadline: Date;
  /** The request's id, the same in every service that it reaches. */
  readonly requestId: string;
  /** The calling workload, from its certificate; undefined for a developer without a mesh. */
  readonly caller?: string;
  /** The end user; undefined when the call is on nobody's behalf. */
  readonly principal?: Principal;
  /** Every line of it carries the request id. */
  readonly log: Log;
  /** Headers for the calls that this one causes: request id and trace. A fresh copy is not needed, kit never changes it. */
  readonly outgoing: Metadata;
}

/** The call's end user. Throws TOKEN_MISSING when there is none. */
export function requireUser(call: Call): Principal {
  if (call.principal) return call.principal;
  throw new StatusError(ErrorReason.TOKEN_MISSING, "an access token is needed");
}

/** True for an administrator; false for other users, and for nobody. */
export function isAdmin(principal: Principal | undefined): boolean {
  return principal?.isAdmin ?? false;
}

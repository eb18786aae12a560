import { Auth, type Way } from "../contract/method-policy.js";
import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";
import { isAdmin, type Principal } from "./call.js";

/**
 * Throws unless one of the method's ways in fits: CALLER_DENIED for a workload that has none or a user without the
 * role, TOKEN_MISSING where a token would help. A developer (no workload) may use every way.
 */
export function assertAllowed(
  ways: readonly Way[],
  caller: string | undefined,
  principal: Principal | undefined,
): void {
  const open = ways.filter((way) => caller === undefined || way.caller === caller);
  if (open.some((way) => fits(way.auth, principal))) return;
  if (open.length > 0 && principal === undefined) {
    throw new StatusError(ErrorReason.TOKEN_MISSING, "an access token is needed");
  }
  throw new StatusError(ErrorReason.CALLER_DENIED, "the caller may not call this method");
}

function fits(auth: Auth, principal: Principal | undefined): boolean {
  switch (auth) {
    case Auth.PUBLIC:
    case Auth.NONE:
      return true;
    case Auth.USER:
      return principal !== undefined;
    case Auth.ADMIN:
      return isAdmin(principal);
    case Auth.UNSPECIFIED:
      return false;
    default:
      return auth satisfies never;
  }
}

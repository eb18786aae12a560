import type { IncomingHttpHeaders } from "node:http";
import { Auth, type MethodPolicy } from "@theseus/kit/contract";
import { GatewayError } from "../errors/gateway-error.js";
import type { Route } from "../routes/route.js";

/**
 * Throws TOKEN_MISSING, as the upstream would, for a request without a token where the contract lets nobody in without
 * one: such a request costs no more than its headers. Whether a token is valid is for the upstream to say.
 */
export function assertToken({ policy }: Route, { authorization }: IncomingHttpHeaders): void {
  if (authorization !== undefined || policy === undefined || !needsToken(policy)) return;
  throw new GatewayError("TOKEN_MISSING", "an access token is needed");
}

/** Whoever calls: which workload the gateway is, the upstream knows. */
function needsToken({ allow }: MethodPolicy): boolean {
  return allow.length > 0 && allow.every(({ auth }) => auth === Auth.USER || auth === Auth.ADMIN);
}

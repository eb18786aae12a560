import type { PolicyField } from "@theseus/kit/contract";
import { tokenMissing } from "@theseus/mesh/envoy";
import type { AccessRecord } from "../records.js";
import type { Hop } from "../story.js";
import type { Cause, Known } from "./known.js";
import { faultFilterOf, GOOD_TOKEN, placeOf, resetProblem, shortName, workloadOf } from "./wording.js";

/** What a sidecar has answered before, or instead of, its application. */
export function bySidecar({ instance }: Hop, inbound: AccessRecord, known: Known): Cause {
  const { contract } = known;
  const { details, route, durationMs, flags } = inbound;
  const method = shortName(route);
  const policy = (field: PolicyField) => placeOf(route, field, contract);
  const refusal = refusedCaller(instance, inbound, policy("allow"));
  if (refusal !== undefined) return refusal;
  if (details === "fault_filter_abort")
    return {
      because: `the fault filter of ${instance}'s sidecar aborted ${method}`,
      change: faultFilterOf(instance),
    };
  if (details === "local_rate_limited" || /\bRL\b/.test(flags))
    return { because: `${method} was called too often at ${instance}`, change: policy("rate") };
  if (/too_large/.test(details)) return tooLarge(route, known);
  if (/timeout/.test(details))
    return {
      because: `the application of ${instance} had not answered after ${durationMs} ms`,
      change: policy("timeout"),
    };
  if (details.startsWith("upstream_reset") || details === "no_healthy_upstream")
    return { because: applicationGone(instance, inbound), change: `theseus logs ${instance}` };
  if (isLeft(inbound)) return left(instance);
  return other(instance, inbound);
}

/** Who calls is not let in. */
function refusedCaller(
  instance: string,
  { details, route, peer }: AccessRecord,
  allow: string,
): Cause | undefined {
  const jwt = /^jwt_authn_access_denied\{(.*)\}$/.exec(details)?.[1];
  if (jwt !== undefined)
    return {
      because: `the access token is not valid at ${instance}: ${jwt.replaceAll("_", " ")}`,
      change: GOOD_TOKEN,
    };
  if (!details.startsWith("rbac_access_denied")) return undefined;
  if (details.includes(`[${tokenMissing}]`)) return withoutToken(instance, route);
  const caller = peer === undefined ? "this caller" : workloadOf(peer);
  return {
    because: `the contract does not let ${caller}, with this token, call ${shortName(route)}`,
    change: allow,
  };
}

export function withoutToken(instance: string, route: string): Cause {
  return {
    because: `${shortName(route)} needs an access token, and the call to ${instance} has none`,
    change: GOOD_TOKEN,
  };
}

export function tooLarge(route: string, { contract }: Known): Cause {
  return {
    because: `the request is larger than ${shortName(route)} takes`,
    change: placeOf(route, "max_request_bytes", contract),
  };
}

/** One that takes no connection is not there; one that has taken the call breaks it off. */
function applicationGone(instance: string, { details, route }: AccessRecord): string {
  const problem = resetProblem(details);
  return /connection_failure|no_healthy/.test(details)
    ? `the application of ${instance} was not there: ${problem}`
    : `the application of ${instance} broke ${shortName(route)} off: ${problem}`;
}

export function isLeft({ details, flags }: AccessRecord): boolean {
  return /\b(DC|DR)\b/.test(flags) || /downstream|remote_reset/.test(details);
}

export function left(instance: string): Cause {
  return { because: `the caller of ${instance} did not wait for the answer` };
}

export function other(instance: string, { details, flags }: AccessRecord): Cause {
  return { because: `the sidecar of ${instance} ended it: ${[details, flags].filter(Boolean).join(" ")}` };
}

import { type Contract, optionOf, type PolicyField } from "@theseus/kit/contract";
import type { AccessRecord } from "./records.js";
import { APART_MS, type Hop, type OutgoingCall } from "./story.js";

/** Why a request ended as it did. */
export interface Cause {
  /** One sentence, without a full stop. */
  readonly because: string;
  /** Option and file to change, or what to look at. Absent where nothing is to be changed. */
  readonly change?: string;
}

/** Where a request failed: the last place that says so by itself, and not because of somebody behind it. */
interface Failing {
  readonly hop: Hop;
  /** The call to whom nobody answers for: it has not arrived, or its own sidecar has ended it. */
  readonly call?: OutgoingCall;
}

/** Undefined for a request that did not fail. */
export function causeOf(hop: Hop, contract: Contract): Cause | undefined {
  if (!hasFailed(hop)) return undefined;
  return explain(failingPlace(hop), contract);
}

/** What somebody has called of its own accord has failed where one of its calls has. */
export function hasFailed({ inbound, answered, calls }: Hop): boolean {
  if (inbound !== undefined) return isFailed(inbound);
  if (answered !== undefined) return answered.code !== undefined && answered.code !== "OK";
  return calls.some(({ outbound }) => isFailed(outbound));
}

/** Without a code of gRPC or a status of HTTP nothing was answered. */
export function isFailed({ code, status }: AccessRecord): boolean {
  return code === undefined ? status === 0 || status >= 400 : code !== "OK";
}

function failingPlace(hop: Hop): Failing {
  // What its sidecar has answered by itself is not what its application was answered meanwhile.
  if (hop.inbound !== undefined && hop.inbound.details !== "via_upstream") return { hop };
  const call = hop.calls.filter(({ outbound }) => isFailed(outbound)).at(-1);
  // Who refuses before it asks anybody, or for another reason than whom it asked, has its own.
  if (call === undefined || !isPassedOn(call.outbound, hop)) return { hop };
  const last = call.arrived.at(-1);
  if (call.outbound.details !== "via_upstream" || last === undefined || !hasFailed(last))
    return { hop, call };
  return failingPlace(last);
}

/** True where a hop answers what it was answered. */
function isPassedOn(outbound: AccessRecord, { inbound, answered }: Hop): boolean {
  const reason = inbound?.reason ?? answered?.reason;
  return reason === undefined || outbound.reason === undefined || reason === outbound.reason;
}

function explain({ hop, call }: Failing, contract: Contract): Cause {
  if (call !== undefined) return unanswered(hop, call, contract);
  const { inbound } = hop;
  if (inbound === undefined) return byApplication(hop, contract);
  if (inbound.details === "via_upstream") return byApplication(hop, contract);
  return bySidecar(hop, inbound, contract);
}

/** A call whose caller's own sidecar had to answer it. */
function unanswered({ instance }: Hop, { outbound, arrived }: OutgoingCall, contract: Contract): Cause {
  const { upstream = "somebody", attempts, durationMs, details, path } = outbound;
  const tries = attempts > 1 ? ` in ${attempts} attempts` : "";
  if (details === "no_healthy_upstream")
    return {
      because: `${instance} has no ${upstream} to call: none is healthy`,
      change: `theseus status ${LOOK} ${upstream}; theseus logs ${upstream}-1-envoy`,
    };
  if (isTimeOut(outbound))
    return {
      because: `${lateness(arrived.at(-1), upstream)} after ${durationMs} ms${tries}, all the time that ${shortName(path)} has`,
      change: placeOf(path, "timeout", contract),
    };
  if (details.includes("TLS_error") || details.includes("CERTIFICATE"))
    return {
      because: `${instance} and ${upstream} do not trust each other's certificate (${tlsProblem(details)})`,
      change: "theseus rotate certificates issues new ones; docs/certificates.md",
    };
  if (details.startsWith("upstream_reset") || /\b(UF|UC|URX)\b/.test(outbound.flags))
    return {
      because: `${upstream} could not be reached by ${instance}${tries}: ${resetProblem(details)}`,
      change: `theseus status ${LOOK} ${upstream}`,
    };
  if (/\bUO\b/.test(outbound.flags))
    return {
      because: `${instance} has as many calls under way to ${upstream} as it may`,
      change: "max_requests in mesh/src/envoy/clusters/peer-cluster.ts",
    };
  if (isLeft(outbound)) return left(instance);
  return other(instance, outbound);
}

/**
 * Who was waited for when the time was over: the deepest call that has not ended. A process that stands still begins with a call
 * when nobody waits for it any more; one that waits for its store has begun.
 */
function lateness(last: Hop | undefined, upstream: string): string {
  if (last === undefined) return `${upstream} had not answered`;
  const open = last.calls.filter(({ outbound }) => outbound.code === undefined || isTimeOut(outbound)).at(-1);
  if (open !== undefined) return lateness(open.arrived.at(-1), open.outbound.upstream ?? upstream);
  if (last.answered === undefined) return `${last.instance} had not answered`;
  return hasBegunLate(last)
    ? `${last.instance} had not begun`
    : `${last.instance} was still at work, by itself or at its store,`;
}

/** True where an application has begun with a call when most of the time was over that its sidecar gave it. */
export function hasBegunLate({ inbound, answered }: Hop): boolean {
  if (inbound === undefined || answered?.ms === undefined) return false;
  return answered.atMs - answered.ms > inbound.beganMs + Math.max(inbound.durationMs / 2, APART_MS);
}

/** What a sidecar has answered before, or instead of, its application. */
function bySidecar({ instance }: Hop, inbound: AccessRecord, contract: Contract): Cause {
  const { details, route, peer, durationMs } = inbound;
  const policy = (field: PolicyField) => placeOf(route, field, contract);
  const jwt = /^jwt_authn_access_denied\{(.*)\}$/.exec(details)?.[1];
  if (jwt !== undefined)
    return {
      because: `the access token is not valid at ${instance}: ${jwt.replaceAll("_", " ")}`,
      change: GOOD_TOKEN,
    };
  if (details.startsWith("rbac_access_denied"))
    return {
      because: `the contract does not let ${peer === undefined ? "this caller" : workloadOf(peer)}, with this token, call ${shortName(route)}`,
      change: policy("allow"),
    };
  if (details === "local_rate_limited" || /\bRL\b/.test(inbound.flags))
    return { because: `${shortName(route)} was called too often at ${instance}`, change: policy("rate") };
  if (/too_large/.test(details))
    return {
      because: `the request is larger than ${shortName(route)} takes`,
      change: policy("max_request_bytes"),
    };
  if (isTimeOut(inbound))
    return {
      because: `the application of ${instance} had not answered after ${durationMs} ms`,
      change: policy("timeout"),
    };
  if (details.startsWith("upstream_reset") || details === "no_healthy_upstream")
    return {
      because: `the application of ${instance} was not there: ${resetProblem(details)}`,
      change: `theseus logs ${instance}`,
    };
  if (isLeft(inbound)) return left(instance);
  return other(instance, inbound);
}

function byApplication({ instance, inbound, answered }: Hop, contract: Contract): Cause {
  const reason = inbound?.reason ?? answered?.reason;
  const route = inbound?.route ?? answered?.method ?? "";
  const method = contract.methods.has(route) ? ` to ${shortName(route)}` : "";
  const broken = inbound?.violations.map(({ field, message }) => `${field} ${message}`) ?? [];
  const about = Object.entries(inbound?.metadata ?? {}).map(([key, value]) => `${key} ${value}`);
  const which = [...broken, ...about].join(", ");
  const said = reason ?? answered?.code ?? inbound?.code ?? "an error";
  if (said === "INTERNAL")
    return {
      because: `${instance} failed${method}`,
      change: `theseus logs ${instance} has the fault`,
    };
  return {
    because: `${instance} answered ${said}${method}${which === "" ? "" : `: ${which}`}`,
    ...(reason !== undefined && { change: changeFor(reason, route, contract) }),
  };
}

const GOOD_TOKEN = "theseus token --header prints one that is good";

/** Options of a method's policy that a refusal can come from. */
const OPTIONS: Readonly<Record<string, PolicyField>> = {
  CALLER_DENIED: "allow",
  DEADLINE_EXCEEDED: "timeout",
  RATE_LIMITED: "rate",
  REQUEST_TOO_LARGE: "max_request_bytes",
};

function changeFor(reason: string, route: string, contract: Contract): string {
  const field = OPTIONS[reason];
  if (field !== undefined && contract.methods.has(route)) return placeOf(route, field, contract);
  return reason.startsWith("TOKEN_") ? GOOD_TOKEN : `docs/errors.md says what ${reason} means`;
}

const LOOK = "shows the instances of";

function left(instance: string): Cause {
  return { because: `the caller of ${instance} did not wait for the answer` };
}

function other(instance: string, { details, flags }: AccessRecord): Cause {
  return { because: `the sidecar of ${instance} ended it: ${[details, flags].filter(Boolean).join(" ")}` };
}

function isTimeOut({ details }: AccessRecord): boolean {
  return /timeout/.test(details);
}

function isLeft({ details, flags }: AccessRecord): boolean {
  return /\b(DC|DR)\b/.test(flags) || /downstream|remote_reset/.test(details);
}

/** What a reset was for, without addresses: `Connection refused`. */
export function resetProblem(details: string): string {
  const [, inner = details] = /\{(.*)\}$/.exec(details) ?? [];
  const parts = inner.split("|").filter((part) => !part.startsWith("remote_address"));
  const text = parts.at(-1)?.replace(/^[a-z_]+:_?/, "") ?? "";
  return text.replaceAll("_", " ");
}

function tlsProblem(details: string): string {
  return (/TLS_error:?([^|}]*)/.exec(details)?.[1] ?? details).replaceAll("_", " ").trim();
}

/** `OrderService.GetOrder` */
export function shortName(path: string): string {
  const [, service = "", method = ""] = /^\/?(?:[\w.]+\.)?(\w+)\/(\w+)$/.exec(path) ?? [];
  return service === "" ? path : `${service}.${method}`;
}

/** `gateway` of `spiffe://theseus.local/ns/shop/sa/gateway` */
export function workloadOf(peer: string): string {
  return peer.slice(peer.lastIndexOf("/") + 1);
}

/** `option (theseus.mesh.v1.policy).timeout of OrderService.GetOrder in proto/…/order_service.proto` */
function placeOf(path: string, field: PolicyField, contract: Contract): string {
  const method = contract.methods.get(path);
  if (method === undefined) return "the method's policy in proto/";
  const option = optionOf(method, field) ?? "policy";
  const whose = option === "policy" ? shortName(path) : method.parent.name;
  return `option (theseus.mesh.v1.${option}).${field} of ${whose} in proto/${method.parent.file.name}.proto`;
}

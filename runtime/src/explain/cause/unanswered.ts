import { findPolicy } from "@theseus/kit/contract";
import type { AccessRecord } from "../records.js";
import { APART_MS, type Hop, type OutgoingCall } from "../story.js";
import { isLeft, left, other } from "./by-sidecar.js";
import type { Cause, Known } from "./known.js";
import { nobodyIsWell } from "./nobody-well.js";
import {
  faultFilterOf,
  LOOK,
  NEW_CERTIFICATES,
  placeOf,
  resetProblem,
  shortName,
  tlsProblem,
} from "./wording.js";

/** A call whose caller's own sidecar had to answer it. */
export function unanswered(hop: Hop, call: OutgoingCall, known: Known): Cause {
  const { instance } = hop;
  const { outbound } = call;
  const { upstream = "somebody", attempts, details } = outbound;
  const tries = attempts > 1 ? ` in ${attempts} attempts` : "";
  if (details === "no_healthy_upstream") return nobodyIsWell(instance, outbound, known.news);
  if (isTimeOut(outbound)) return tooLate(hop, call, { tries, known });
  if (details.includes("TLS_error") || details.includes("CERTIFICATE"))
    return {
      because: `${instance} and ${upstream} do not trust each other's certificate (${tlsProblem(details)})`,
      change: NEW_CERTIFICATES,
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

/** Its time was over: by its sidecar's clock or, where that was a moment later, by the caller's own. */
export function isTimeOut(record: AccessRecord): boolean {
  const { details, grpcTimeout, durationMs } = record;
  if (/timeout/.test(details)) return true;
  return isLeft(record) && grpcTimeout !== undefined && durationMs >= millisecondsOf(grpcTimeout) - APART_MS;
}

interface Late {
  readonly tries: string;
  readonly known: Known;
}

function tooLate({ instance }: Hop, { outbound, arrived }: OutgoingCall, { tries, known }: Late): Cause {
  const { durationMs, path } = outbound;
  const method = shortName(path);
  const held = arrived.map(({ inbound }) => inbound).findLast((each) => isHeldBack(each));
  if (held !== undefined)
    return {
      because: `the fault filter of ${held.instance}'s sidecar held ${method} back for longer than the ${durationMs} ms that it has`,
      change: faultFilterOf(held.instance),
    };
  const place = placeOf(path, "timeout", known.contract);
  const late = `${lateness(arrived.at(-1), outbound)} after ${durationMs} ms${tries}`;
  return isOwnTime(outbound, known)
    ? {
        because: `${late}, all the time that ${instance} gave ${method}`,
        change: `${instance} sets that time itself, within ${place}`,
      }
    : { because: `${late}, all the time that ${method} has`, change: place };
}

/** Envoy's fault filter has delayed it (DI), and nobody else has had it. */
function isHeldBack(inbound: AccessRecord | undefined): inbound is AccessRecord {
  return inbound !== undefined && /\bDI\b/.test(inbound.flags) && inbound.details !== "via_upstream";
}

/** What a caller has left of its own deadline is a little less than the policy's time. */
const OWN_TIME = 0.8;

/** True where a caller has given a call clearly less time than its policy does. */
function isOwnTime({ path, grpcTimeout }: AccessRecord, { contract }: Known): boolean {
  const method = contract.methods.get(path);
  const policy = method === undefined ? undefined : findPolicy(method);
  if (policy === undefined || grpcTimeout === undefined) return false;
  return millisecondsOf(grpcTimeout) < policy.timeoutMs * OWN_TIME;
}

const UNITS: Readonly<Record<string, number>> = { H: 3.6e6, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** Of `grpc-timeout`. */
export function millisecondsOf(text: string): number {
  const [, amount = "0", unit = "m"] = /^(\d+)([HMSmun])$/.exec(text) ?? [];
  return Number(amount) * (UNITS[unit] ?? 1);
}

/**
 * Who was waited for when the time was over: the deepest call that has not ended. A process that stands still begins with a call
 * when nobody waits for it any more; one that waits for its store has begun.
 */
function lateness(last: Hop | undefined, outbound: AccessRecord): string {
  if (last === undefined) return `${outbound.upstream ?? "somebody"} had not answered`;
  const open = last.calls.filter(({ outbound }) => outbound.code === undefined || isTimeOut(outbound)).at(-1);
  if (open !== undefined) return lateness(open.arrived.at(-1), open.outbound);
  if (last.answered === undefined) return `${last.instance} had not answered`;
  return hasBegunLate(last) || hasBegunAfter(last, outbound)
    ? `${last.instance} had not begun`
    : `${last.instance} was still at work, by itself or at its store,`;
}

/** True where an application has begun with a call when most of the time was over that its sidecar gave it. */
export function hasBegunLate({ inbound, answered }: Hop): boolean {
  if (inbound === undefined || answered?.ms === undefined) return false;
  return answered.atMs - answered.ms > inbound.beganMs + Math.max(inbound.durationMs / 2, APART_MS);
}

/** The same of one without a sidecar: it has begun when its caller had given up. */
function hasBegunAfter({ answered }: Hop, { beganMs, durationMs }: AccessRecord): boolean {
  return answered?.ms !== undefined && answered.atMs - answered.ms > beganMs + durationMs;
}

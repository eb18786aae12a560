import type { AccessRecord } from "../records.js";
import type { Hop, OutgoingCall } from "../story.js";
import { byApplication } from "./by-application.js";
import { bySidecar } from "./by-sidecar.js";
import type { Cause, Known } from "./known.js";
import { isTimeOut, unanswered } from "./unanswered.js";

/** Where a request failed: the last place that says so by itself, and not because of somebody behind it. */
interface Failing {
  readonly hop: Hop;
  /** The call to whom nobody answers for: it has not arrived, or its own sidecar has ended it. */
  readonly call?: OutgoingCall;
}

/** Undefined for a request that did not fail. */
export function causeOf(hop: Hop, known: Known): Cause | undefined {
  return hasFailed(hop) ? explain(failingPlace(hop), known) : undefined;
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
  const call = decisive(hop.calls.filter(({ outbound }) => isFailed(outbound)));
  // Who refuses before it asks anybody, or for another reason than whom it asked, has its own.
  if (call === undefined || !isPassedOn(call.outbound, hop)) return { hop };
  const last = call.arrived.at(-1);
  if (call.outbound.details !== "via_upstream" || last === undefined || !hasFailed(last))
    return { hop, call };
  return failingPlace(last);
}

/** The last one; of one that was made again and again, the longest. */
function decisive(failed: readonly OutgoingCall[]): OutgoingCall | undefined {
  const last = failed.at(-1)?.outbound.path;
  const same = failed.filter(({ outbound }) => outbound.path === last);
  return same.toSorted((a, b) => b.outbound.durationMs - a.outbound.durationMs)[0];
}

/** Codes of who cannot do it for want of somebody else, whatever reason it gives that. */
const WANTING = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED"]);

/** True where a hop answers what it was answered, or that it could not do it without. */
function isPassedOn(outbound: AccessRecord, { inbound, answered }: Hop): boolean {
  const reason = inbound?.reason ?? answered?.reason;
  if (reason === undefined || outbound.reason === undefined || reason === outbound.reason) return true;
  return WANTING.has(inbound?.code ?? answered?.code ?? "") && WANTING.has(outbound.code ?? "");
}

function explain({ hop, call }: Failing, known: Known): Cause {
  if (call !== undefined) return attempted(call, known) ?? unanswered(hop, call, known);
  const { inbound } = hop;
  if (inbound === undefined || inbound.details === "via_upstream") return byApplication(hop, known);
  return bySidecar(hop, inbound, known);
}

/**
 * A call that was repeated until its time was over, or nobody was left to call: neither is to blame where the longest
 * attempt has failed before.
 */
function attempted({ outbound, arrived }: OutgoingCall, known: Known): Cause | undefined {
  if (outbound.attempts < 2 || !(isTimeOut(outbound) || outbound.details === "no_healthy_upstream"))
    return undefined;
  const longest = arrived.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0];
  if (longest?.inbound?.code === undefined || !hasFailed(longest)) return undefined;
  return explain(failingPlace(longest), known);
}

function lengthOf({ inbound }: Hop): number {
  return inbound?.durationMs ?? 0;
}

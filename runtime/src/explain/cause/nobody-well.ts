import type { Handshake, HostChange, HostNews } from "../host-news.js";
import type { AccessRecord } from "../records.js";
import type { Cause } from "./known.js";
import { LOOK, NEW_CERTIFICATES, tlsProblem, workloadOf } from "./wording.js";

/** A call for which its caller's sidecar had nobody: what it has told of each host since one was well. */
export function nobodyIsWell(instance: string, outbound: AccessRecord, news: HostNews): Cause {
  const { upstream = "somebody", beganMs, durationMs } = outbound;
  const endMs = beganMs + durationMs;
  const none = `${instance} has no ${upstream} to call`;
  const look = `theseus status ${LOOK} ${upstream}; theseus logs ${upstream}-1-envoy`;
  const changes = news.lost(instance, upstream, endMs);
  if (changes.length === 0) return { because: `${none}: none is healthy`, change: look };
  const handshakes = changes.flatMap((change) => news.handshakes(upstream, change.atMs));
  const told = changes.map((change) => {
    const agoMs = Math.round(endMs - change.atMs);
    const verb = change.what === "ejected" ? "ejected" : "taken out";
    return `${change.address} was ${verb} ${agoMs} ms before, since ${whyLost(change, handshakes)}`;
  });
  return { because: `${none}: ${told.join("; ")}`, change: placeToChange(changes, handshakes) ?? look };
}

function placeToChange(changes: readonly HostChange[], handshakes: readonly Handshake[]): string | undefined {
  if (changes.some(({ what }) => what === "ejected"))
    return "the limits are in mesh/src/envoy/clusters/outlier-detection.ts";
  return handshakes.length === 0 ? undefined : NEW_CERTIFICATES;
}

/** Envoy's kinds of failed checks. */
const CHECKS: Readonly<Record<string, string>> = {
  NETWORK: "nobody took a connection there",
  NETWORK_TIMEOUT: "it did not answer its health checks",
  ACTIVE: "it said that it does not serve",
  PASSIVE: "a call to it failed",
};

function whyLost({ what, why }: HostChange, handshakes: readonly Handshake[]): string {
  if (what === "ejected") return `it failed too many calls in a row (${why})`;
  const handshake = why === "NETWORK" ? handshakes.at(-1) : undefined;
  return handshake === undefined ? (CHECKS[why] ?? `its health check failed (${why})`) : wrong(handshake);
}

/** An alert is what the other side says of one's certificate; all else one has found by oneself. */
function wrong({ instance, workload, failure, own = "", peer = "its caller" }: Handshake): string {
  if (/ALERT_CERTIFICATE_EXPIRED/.test(failure)) return `the certificate of ${instance} has expired`;
  if (/ALERT/.test(failure) && workloadOf(own) !== workload)
    return `${instance} showed a certificate of ${own}`;
  if (/ALERT/.test(failure))
    return `its callers do not trust ${instance}'s certificate (${tlsProblem(failure)})`;
  return `${instance} does not trust the certificate of ${peer} (${tlsProblem(failure)})`;
}

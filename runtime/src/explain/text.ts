import { isFailed } from "./cause/cause.js";
import { hasBegunLate, millisecondsOf } from "./cause/unanswered.js";
import { resetProblem, shortName, workloadOf } from "./cause/wording.js";
import type { Explanation } from "./explanation.js";
import { printable } from "./printable.js";
import type { AccessRecord, ApplicationRecord } from "./records.js";
import type { Hop, OutgoingCall } from "./story.js";

/**
 * For people: how it ended and why in one sentence, what to change, and then who called whom, with the time since the
 * beginning at the left.
 */
export function showExplanation({ hop, cause, beganMs, failed }: Explanation): string {
  const change = cause?.change === undefined ? [] : [`  ${printable(cause.change)}`];
  const because = cause === undefined ? "" : `, because ${cause.because}`;
  return [
    printable(`${headline(hop, failed)}${because}.`),
    ...change,
    "",
    ...showHop(hop, { beganMs, depth: 0 }),
  ].join("\n");
}

/** `GET /v1/items/rope failed with 503 SERVICE_UNAVAILABLE after 12 ms` */
function headline({ inbound, answered, instance, calls }: Hop, failed: boolean): string {
  if (inbound === undefined && answered === undefined)
    return `${instance} called ${calls.map(({ outbound }) => shortName(outbound.path)).join(", ")} of its own accord`;
  const what =
    inbound?.listener === "edge"
      ? `${inbound.method} ${inbound.path}`
      : shortName(inbound?.path ?? answered?.method ?? "");
  const ms = inbound?.durationMs ?? answered?.ms ?? 0;
  if (!failed) return `${what} was answered in ${ms} ms${repeated(calls)}`;
  const reason =
    inbound === undefined || isOfApplication(inbound) ? (inbound?.reason ?? answered?.reason) : undefined;
  const said = inbound === undefined ? answered?.code : answerOf(inbound);
  return `${what} failed with ${[said, reason].filter(Boolean).join(" ")} after ${ms} ms`;
}

/** `, at attempt 7 to reach orders` */
function repeated(calls: readonly OutgoingCall[]): string {
  const { outbound } = calls.find((call) => call.outbound.attempts > 1) ?? {};
  if (outbound === undefined) return "";
  return `, at attempt ${outbound.attempts} to reach ${outbound.upstream}`;
}

function isOfApplication({ details }: AccessRecord): boolean {
  return details === "via_upstream";
}

/** What a sidecar has answered by itself; nothing for what it has handed on. */
function ownAnswer(record: AccessRecord): readonly string[] {
  const { details, flags } = record;
  if (isOfApplication(record)) return [];
  return [`${details.startsWith("upstream_reset") ? resetProblem(details) : details} ${flags}`.trim()];
}

interface Place {
  readonly beganMs: number;
  readonly depth: number;
}

function showHop(hop: Hop, place: Place): readonly string[] {
  const { inbound, answered, notes, calls, instance } = hop;
  const deeper = { ...place, depth: place.depth + 1 };
  const own = inbound === undefined ? answered && showAlone(answered, place) : showArrival(inbound, place);
  const lines = [
    ...notes.map((note) => ({ atMs: note.atMs, lines: [showNote(note, deeper)] })),
    ...calls.map((call) => ({ atMs: call.outbound.beganMs, lines: showCall(call, deeper) })),
  ].sort((a, b) => a.atMs - b.atMs);
  return [
    own ?? line(place, instance),
    ...(inbound !== undefined && answered !== undefined ? [showAnswer(hop, answered, deeper)] : []),
    ...lines.flatMap((each) => each.lines),
  ];
}

function showArrival(record: AccessRecord, place: Place): string {
  const { instance, implementation, listener, peer, path, method, route, durationMs, beganMs } = record;
  const what = listener === "edge" ? `${method} ${path} (${shortName(route)})` : shortName(path);
  const from = listener === "mesh" && peer !== undefined ? ` from ${workloadOf(peer)}` : ` at ${listener}`;
  const left =
    record.grpcTimeout === undefined ? [] : [`${millisecondsOf(record.grpcTimeout).toFixed(0)} ms left`];
  const facts = [answerOf(record), `${durationMs} ms`, ...left, ...ownAnswer(record)];
  return line(
    place,
    `${instance}${implementation ? ` (${implementation})` : ""}${from}: ${what}`,
    facts,
    beganMs,
  );
}

function showAlone(
  { instance, method = "", code = "", ms = 0, reason, atMs }: ApplicationRecord,
  place: Place,
): string {
  return line(place, `${instance}: ${shortName(method)}`, [reason ?? code, `${ms} ms`], atMs - ms);
}

/** What the application itself says of it. */
function showAnswer(
  hop: Hop,
  { code = "OK", reason, ms = 0, atMs, instance }: ApplicationRecord,
  place: Place,
): string {
  const laterMs = atMs - ms - (hop.inbound?.beganMs ?? 0);
  const late = hasBegunLate(hop) ? [`begun ${laterMs.toFixed(0)} ms later`] : [];
  return line(place, `${instance}'s application`, [reason ?? code, `${ms} ms`, ...late]);
}

function showNote({ instance, level, message, event, atMs }: ApplicationRecord, place: Place): string {
  return line(place, `${instance} says (${level}) ${message === "" ? event : message}`, [], atMs);
}

function showCall({ outbound, arrived }: OutgoingCall, place: Place): readonly string[] {
  const { upstream = "somebody", path, durationMs, attempts, beganMs } = outbound;
  const tries = attempts > 1 ? [`${attempts} attempts`] : [];
  const facts = [answerOf(outbound), `${durationMs} ms`, ...tries, ...ownAnswer(outbound)];
  return [
    line(place, `calls ${upstream}: ${shortName(path)}`, facts, beganMs),
    ...arrived.flatMap((hop) => showHop(hop, { ...place, depth: place.depth + 1 })),
  ];
}

/** `OK`, `ITEM_NOT_FOUND`, `503`; what was answered to nobody is `left`. */
function answerOf(record: AccessRecord): string {
  const { code, reason, status } = record;
  if (code === undefined) return status === 0 ? "left" : String(status);
  return isFailed(record) ? (reason ?? code) : code;
}

function line({ depth, beganMs }: Place, text: string, facts: readonly string[] = [], atMs?: number): string {
  const since = atMs === undefined ? "" : `+${Math.max(0, atMs - beganMs).toFixed(0)} ms`;
  return printable(`${since.padStart(9)}  ${"  ".repeat(depth)}${[text, ...facts].join(" · ")}`);
}

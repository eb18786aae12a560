import type { AccessRecord, ApplicationRecord, LogRecord } from "./records.js";

/** One call that has arrived at an instance. */
export interface Hop {
  readonly instance: string;
  /** What its sidecar says of it; absent where none is: an outside party, or a log that is gone. */
  readonly inbound?: AccessRecord;
  /** What its application says of it; absent where it did not get there. */
  readonly answered?: ApplicationRecord;
  /** Other lines that its application wrote meanwhile. */
  readonly notes: readonly ApplicationRecord[];
  /** What it called for it, in the order of time. */
  readonly calls: readonly OutgoingCall[];
}

/** One call that an instance has made. */
export interface OutgoingCall {
  readonly outbound: AccessRecord;
  /** Where it has arrived: more than once when it was repeated. */
  readonly arrived: readonly Hop[];
}

/** Where the clocks of a machine's processes, and the moments at which they look at them, may be apart. */
export const APART_MS = 50;

interface GrowingHop extends Hop {
  answered?: ApplicationRecord;
  readonly notes: ApplicationRecord[];
  readonly calls: OutgoingCall[];
}

/**
 * Puts records of one request together by who called whom: a call and its arrival have one span, an application's lines
 * belong to the call that it had meanwhile. What nobody is known to have called stands for itself.
 */
export function tellStory(records: readonly LogRecord[]): readonly Hop[] {
  const access = records.filter((record): record is AccessRecord => record.kind === "access");
  const hops: GrowingHop[] = access
    .filter(({ listener }) => listener !== "outbound")
    .map((inbound) => ({ instance: inbound.instance, inbound, notes: [], calls: [] }));
  for (const record of records) if (record.kind === "application") place(record, hops);
  const called = new Set<Hop>();
  const alone: Hop[] = [];
  const outbounds = access.filter(({ listener }) => listener === "outbound");
  const sent = new Set(outbounds.map(({ traceparent }) => traceparent));
  for (const outbound of outbounds) {
    const arrived = hops
      .filter((hop) => !called.has(hop) && hasArrivedAs(hop, outbound, sent))
      // The same call, made beside it, has arrivals of its own.
      .slice(0, Math.max(1, outbound.attempts));
    for (const hop of arrived) called.add(hop);
    const call = { outbound, arrived };
    const caller = callerOf(outbound, hops);
    if (caller === undefined) alone.push({ instance: outbound.instance, notes: [], calls: [call] });
    else caller.calls.push(call);
  }
  return [...hops.filter((hop) => !called.has(hop)), ...alone];
}

/** Adds a line to the call that it is about, or in whose time it was written. */
function place(record: ApplicationRecord, hops: GrowingHop[]): void {
  const { method, ms, atMs, instance } = record;
  const isEnd = ms !== undefined;
  const beganMs = atMs - (ms ?? 0);
  const own = hops.filter((hop) => hop.instance === instance && hop.inbound !== undefined);
  if (!isEnd) {
    const meanwhile = own.filter(({ inbound }) => inbound !== undefined && isWithin(atMs, inbound));
    (meanwhile.at(-1) ?? own.at(-1))?.notes.push(record);
    return;
  }
  const candidates = own.filter(
    ({ answered, inbound }) => answered === undefined && (method === undefined || inbound?.route === method),
  );
  const [nearest] = candidates.sort((a, b) => distance(a) - distance(b));
  if (nearest !== undefined) nearest.answered = record;
  else hops.push({ instance, answered: record, notes: [], calls: [] });

  function distance({ inbound }: Hop): number {
    return Math.abs((inbound?.beganMs ?? 0) - beganMs);
  }
}

function isWithin(atMs: number, { beganMs, durationMs }: AccessRecord): boolean {
  return atMs >= beganMs - APART_MS && atMs <= beganMs + durationMs + APART_MS;
}

/** `sent` is what all outgoing calls of the request had as `traceparent`. */
function hasArrivedAs(
  { inbound, answered, instance }: Hop,
  outbound: AccessRecord,
  sent: ReadonlySet<string | undefined>,
): boolean {
  if (instance === outbound.instance) return false;
  if (inbound !== undefined)
    return (
      inbound.path === outbound.path &&
      isOneSpan(inbound.traceparent, outbound.traceparent, sent) &&
      isWithin(inbound.beganMs, outbound)
    );
  // Without a sidecar: an outside party.
  return (
    answered?.method === outbound.path &&
    instance.replace(/-\d+$/, "") === outbound.upstream &&
    isWithin(answered.atMs - (answered.ms ?? 0), outbound)
  );
}

/**
 * A call arrives with the span that it was sent with. Sidecars that tell spans of their own log theirs instead, each
 * another: then all that is left is the trace.
 */
function isOneSpan(
  arrived: string | undefined,
  left: string | undefined,
  sent: ReadonlySet<string | undefined>,
): boolean {
  if (arrived === left || sent.has(arrived)) return arrived === left;
  return arrived?.split("-")[1] === left?.split("-")[1];
}

/** The call in whose time it was made; of several, the one that began last. */
function callerOf(outbound: AccessRecord, hops: readonly GrowingHop[]): GrowingHop | undefined {
  return hops
    .filter(({ instance, inbound }) => instance === outbound.instance && inbound !== undefined)
    .filter(({ inbound }) => inbound !== undefined && isWithin(outbound.beganMs, inbound))
    .at(-1);
}

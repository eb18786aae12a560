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

/** Times are written in whole milliseconds. */
const TICK_MS = 2;

interface GrowingCall extends OutgoingCall {
  readonly arrived: Hop[];
}

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
  const alone = new Map<string, GrowingHop>();
  for (const record of records) if (record.kind === "application") place(record, hops, alone);
  const called = new Set<Hop>();
  const made: GrowingCall[] = [];
  const outbounds = access.filter(({ listener }) => listener === "outbound");
  const sent = new Set(outbounds.map(({ traceparent }) => traceparent));
  for (const outbound of outbounds) {
    const arrived: Hop[] = hops
      .filter((hop) => !called.has(hop) && hasArrivedAs(hop, outbound, sent))
      // The same call, made beside it, has arrivals of its own.
      .slice(0, Math.max(1, outbound.attempts));
    for (const hop of arrived) called.add(hop);
    const call = { outbound, arrived };
    made.push(call);
    const caller = callerOf(outbound, hops);
    (caller ?? ofOwnAccord(outbound.instance, alone)).calls.push(call);
  }
  attachLate(
    hops.filter((hop) => !called.has(hop)),
    made,
    called,
  );
  const worked = [...alone.values()].filter(({ calls }) => calls.length > 0);
  return [...hops.filter((hop) => !called.has(hop)), ...worked];
}

/** An outside party that has stood still begins with a call when nobody waits for it any more. */
function attachLate(hops: readonly Hop[], made: readonly GrowingCall[], called: Set<Hop>): void {
  for (const hop of hops.filter(({ inbound }) => inbound === undefined)) {
    const call = made.find(
      ({ outbound, arrived }) => arrived.length < outbound.attempts && isMeantFor(hop, outbound),
    );
    call?.arrived.push(hop);
    if (call !== undefined) called.add(hop);
  }
}

/** All that an instance does for a request that it was not called for, or when its caller has left. */
function ofOwnAccord(instance: string, alone: Map<string, GrowingHop>): GrowingHop {
  const hop = alone.get(instance) ?? { instance, notes: [], calls: [] };
  alone.set(instance, hop);
  return hop;
}

/** Adds a line to the call that it is about, or in whose time it was written. */
function place(record: ApplicationRecord, hops: GrowingHop[], alone: Map<string, GrowingHop>): void {
  const { method, ms, atMs, instance } = record;
  const isEnd = ms !== undefined;
  const beganMs = atMs - (ms ?? 0);
  const own = hops.filter((hop) => hop.instance === instance && hop.inbound !== undefined);
  if (!isEnd) {
    const hop = servedAt(own, atMs) ?? own.at(-1) ?? ofOwnAccord(instance, alone);
    hop.notes.push(record);
    return;
  }
  const candidates = own.filter(
    ({ answered, inbound }) => answered === undefined && (method === undefined || inbound?.route === method),
  );
  // An attempt is answered before the next one is made: what began later is not what was answered.
  const before = candidates.filter((hop) => isBegunBy(hop, beganMs));
  const [nearest] = (before.length > 0 ? before : candidates).sort((a, b) => distance(a) - distance(b));
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
    answered !== undefined &&
    isMeantFor({ instance, answered }, outbound) &&
    isWithin(beginOf(answered), outbound)
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

/** A call to an outside party, by what it has written of it; it is not before the call. */
function isMeantFor(
  { instance, answered }: Pick<Hop, "instance" | "answered">,
  outbound: AccessRecord,
): boolean {
  return (
    answered?.method === outbound.path &&
    instance.replace(/-\d+$/, "") === outbound.upstream &&
    beginOf(answered) >= outbound.beganMs - APART_MS
  );
}

function beginOf({ atMs, ms = 0 }: ApplicationRecord): number {
  return atMs - ms;
}

/** The call that an instance had at a time; of several, the one that began last. */
function servedAt(hops: readonly GrowingHop[], atMs: number): GrowingHop | undefined {
  const meanwhile = hops.filter(({ inbound }) => inbound !== undefined && isWithin(atMs, inbound));
  return meanwhile.findLast((hop) => isBegunBy(hop, atMs)) ?? meanwhile.at(-1);
}

/** The sidecar has begun with it before its application has, but for a tick of the clock. */
function isBegunBy({ inbound }: Hop, atMs: number): boolean {
  return inbound !== undefined && inbound.beganMs <= atMs + TICK_MS;
}

/** The call in whose time it was made. */
function callerOf(outbound: AccessRecord, hops: readonly GrowingHop[]): GrowingHop | undefined {
  return servedAt(
    hops.filter(({ instance }) => instance === outbound.instance),
    outbound.beganMs,
  );
}

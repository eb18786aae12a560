import { setTimeout as sleep } from "node:timers/promises";
import { type Collector, eventually, openCollector, type Told } from "@theseus/testing";
import type { Shop } from "../../test/system/shop.js";
import { groundOf } from "../explain/ground.js";
import { type Asked, makeJourneys } from "../explain/journeys/prove-journeys.js";
import { createForwarder, type TraceBackend } from "./trace-backend.js";

export interface TraceFigures {
  readonly journeys: number;
  readonly requests: number;
  /** Of all requests, told and, where there is a back end, shown by it. */
  readonly told: number;
  readonly shown?: number;
  /** How many spans each party told, such as `inventory go` or `inventory-sidecar`. */
  readonly parties: Readonly<Record<string, number>>;
  /** What is not as it must be, as `request id: what`. */
  readonly faults: readonly string[];
}

export interface TraceOptions {
  readonly journeys: number;
  readonly backend: TraceBackend | undefined;
  readonly report: (line: string) => void;
}

/** Runs something on a shop with these variables in its environment. */
type OnShop = <Result>(
  run: (shop: Shop) => Promise<Result>,
  variables: Readonly<Record<string, string>>,
) => Promise<Result>;

const writtenMs = 30_000;
/** Longer than spans wait for others, here and in sidecars. */
const quietMs = 6_000;

/** Who has a part in each request, and at least how many spans: both sidecars of each call, and both applications. */
const PARTIES: Readonly<Record<string, readonly string[]>> = {
  look: ["gateway", "inventory"],
  reserve: ["gateway", "inventory"],
  pay: ["gateway", "payment", "inventory", "user"],
};

/** Journeys of a shop that tells a collector: each request is one tree, and the back end that is told the same has as much. */
export async function proveTraces(
  { journeys, backend, report }: TraceOptions,
  onShop: OnShop,
): Promise<TraceFigures> {
  const forwarder = backend && createForwarder(backend);
  await using collector = await openCollector({
    ...(forwarder && { onRequest: (signal, bytes) => forwarder.forward(signal, bytes) }),
  });
  const variables = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: "500",
  };
  return await onShop(async (shop) => {
    const made = (await makeJourneys(await groundOf(shop), journeys)).flat();
    report(`${made.length} requests are made`);
    for (const asked of made) await untilComplete(collector, asked);
    const looked = await settled(() => made.map((asked) => look(collector, asked)));
    const faults = looked.flatMap((each) => each.faults);
    const spans = looked.flatMap((each) => each.spans);
    const figures = {
      journeys,
      requests: made.length,
      told: spans.length,
      parties: countOf(spans.map(partyOf)),
    };
    if (forwarder === undefined) return { ...figures, faults };
    await forwarder.settled();
    report(`${spans.length} spans are told; the back end is asked`);
    const shown = await Promise.all(looked.map((each) => forwarder.spansOf(each.trace, each.spans.length)));
    const missing = looked.flatMap(({ requestId, spans: own }, index) =>
      shown[index] === own.length ? [] : [`${requestId}: ${own.length} spans told, ${shown[index]} shown`],
    );
    const sum = shown.reduce((total, count) => total + count, 0);
    return { ...figures, shown: sum, faults: [...faults, ...forwarder.faults, ...missing] };
  }, variables);
}

/** Why the proof does not hold; empty when it does. */
export function faultsOf({ faults, told }: TraceFigures): readonly string[] {
  return told === 0 ? ["nothing was told"] : faults;
}

interface Looked {
  readonly requestId: string;
  readonly trace: string;
  readonly spans: readonly Told[];
  readonly faults: readonly string[];
}

/** A span that nothing is below can come last, and a tree look complete without it: all is told when nothing more comes. */
async function settled(lookAtAll: () => readonly Looked[]): Promise<readonly Looked[]> {
  const count = (all: readonly Looked[]) => all.reduce((sum, { spans }) => sum + spans.length, 0);
  for (let before = lookAtAll(); ; ) {
    await sleep(quietMs);
    const now = lookAtAll();
    if (count(now) === count(before)) return now;
    before = now;
  }
}

/** What is lacking after a while is lacking. */
async function untilComplete(collector: Collector, asked: Asked): Promise<void> {
  const isComplete = () => look(collector, asked).faults.length === 0;
  await eventually(asked.requestId, isComplete, { withinMs: writtenMs, everyMs: 500 }).catch(() => {});
}

function look(collector: Collector, { request, requestId }: Asked): Looked {
  const told = collector.told("traces");
  const trace = told.find(({ attributes }) => fieldOf(attributes, "theseus.request_id") === requestId)?.trace;
  const spans = told.filter((span) => trace !== undefined && span.trace === trace);
  const faults = treeFaults(spans, PARTIES[request] ?? []).map((fault) => `${requestId}: ${fault}`);
  return { requestId, trace: String(trace ?? ""), spans, faults };
}

function treeFaults(spans: readonly Told[], parties: readonly string[]): readonly string[] {
  const known = new Set(spans.map(({ span }) => span));
  const roots = spans.filter(({ parent }) => parent === "");
  const orphans = spans.filter(({ parent }) => parent !== "" && !known.has(parent));
  const names = new Set(spans.map((span) => String(fieldOf(span.resource, "service.name"))));
  const lacking = parties.flatMap((name) => [name, `${name}-sidecar`]).filter((name) => !names.has(name));
  return [
    ...(roots.length === 1 ? [] : [`${roots.length} roots`]),
    ...orphans.map(({ name }) => `${name} is below no span`),
    ...lacking.map((name) => `no span of ${name}`),
  ];
}

function partyOf({ resource }: Told): string {
  const language = fieldOf(resource, "theseus.implementation");
  const name = String(fieldOf(resource, "service.name"));
  return language === undefined ? name : `${name} ${language}`;
}

function fieldOf(fields: Told[string] | undefined, name: string): unknown {
  return (fields as Readonly<Record<string, unknown>> | undefined)?.[name];
}

function countOf(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words.toSorted()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Collector } from "@theseus/testing";
import type { StepOf } from "../cases/steps.js";
import type { Fields, Value } from "../cases/value.js";
import { mismatches, toMs } from "../expectations/expectation.js";
import { type CaseRun, StepFailure } from "./case-run.js";
import { control } from "./control.js";
import { callEveryMethod, type TracedCall } from "./every-method.js";

const WITHIN_MS = 10_000;
/** Codes that are a server's own fault, by the semantic conventions for gRPC. */
const SERVER_FAULTS: readonly string[] = [
  "UNKNOWN",
  "DEADLINE_EXCEEDED",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
];
/**
 * How many times as long as its caller waited a call may be said to have taken: an answer can be there before it is
 * counted, on a machine that is busy, but seconds are not milliseconds.
 */
const MOST_TIMES = 30;
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

export async function performCollector({ collector }: StepOf<"collector">, run: CaseRun): Promise<void> {
  await control(run).collector().perform(collector);
}

export async function performTold(step: StepOf<"told">, run: CaseRun): Promise<void> {
  const collector = control(run).collector();
  const { without, told } = step;
  const forMs = toMs(step.within ?? "10s");
  const { spans, points, records } = step;
  const wanted = Object.fromEntries(
    Object.entries({ spans, points, records }).filter(([, value]) => value !== undefined),
  ) as Fields;
  await within(collector, { step: "told", wanted, forMs }, () => {
    const trace = told === null ? undefined : run.scope.fill(told);
    const got = {
      spans: inTrace(collector.told("traces"), trace).toSorted(serversFirst),
      points: lastPoints(collector),
      records: inTrace(collector.told("logs"), trace),
    };
    return { got, faults: mismatches(wanted, got, run.scope) };
  });
  assertWithout(collector, run.scope.fill(without ?? []));
}

/** Calls every method, and looks at what is told of each call. */
export async function performTells({ tells }: StepOf<"tells">, run: CaseRun): Promise<void> {
  const collector = control(run).collector();
  const calls = await callEveryMethod(run);
  const faultsOf = { spans: spanFaults, points: pointFaults, records: recordFaults }[tells];
  await within(collector, { step: `tells ${tells}`, wanted: "what docs/telemetry.md says" }, () => {
    const perCall = calls.map((call) => ({ call, faults: faultsOf(call, collector, run) }));
    return {
      got: perCall.find(({ faults }) => faults.length > 0)?.call,
      faults: perCall.flatMap(({ call, faults }) => faults.map((fault) => `${call.name}: ${fault}`)),
    };
  });
}

/** Calls every method with a text of its own where the contract redacts. */
export async function performRedacts(_step: StepOf<"redacts">, run: CaseRun): Promise<void> {
  const collector = control(run).collector();
  const calls = await callEveryMethod(run, { withSecrets: true });
  // Once the records of the calls are there, so is all that could tell them.
  await within(collector, { step: "redacts", wanted: "a record of each call" }, () => {
    const missing = calls.filter(({ trace }) => inTrace(collector.told("logs"), trace).length === 0);
    return { got: missing, faults: missing.map(({ name }) => `${name}: no log record`) };
  });
  const secrets = calls.flatMap((call) => call.secrets);
  assertWithout(collector, secrets);
  const log = await control(run).log();
  const logged = secrets.filter((secret) => log.includes(secret));
  if (logged.length > 0)
    throw new StepFailure("redacts", undefined, "nothing that is debug_redact", logged, ["it is in the log"]);
}

function spanFaults(call: TracedCall, collector: Collector, run: CaseRun): readonly string[] {
  const spans = inTrace(collector.told("traces"), call.trace).filter(({ kind }) => kind === "SERVER");
  const isFault = call.code !== undefined && SERVER_FAULTS.includes(call.code);
  const expected = {
    name: call.name,
    parent: call.parent,
    ...(call.code !== undefined && { status: isFault ? "ERROR" : "UNSET" }),
    attributes: {
      ...rpcAttributes(call, isFault),
      "theseus.request_id": call.requestId,
      ...(call.code !== undefined && { "theseus.reason": call.reason ?? { $absent: true } }),
    },
  };
  return mismatches({ spans: [expected] } as Fields, { spans }, run.scope);
}

function pointFaults(call: TracedCall, collector: Collector, run: CaseRun): readonly string[] {
  if (call.code === undefined) return [];
  const points = lastPoints(collector).filter(
    ({ metric, attributes }) =>
      metric === "rpc.server.call.duration" && (attributes as Fields)["rpc.method"] === call.name,
  );
  const isFault = SERVER_FAULTS.includes(call.code);
  const { "error.type": error, ...attributes } = rpcAttributes(call, isFault);
  const expected = {
    unit: "s",
    count: 1,
    bounds: BOUNDS,
    // Nothing else: what has no bound would make series without end.
    attributes: { ...attributes, ...(isFault && { "error.type": error }), $only: true },
  };
  const instant = points.filter(({ sum }) => !(Number(sum) > 0)).map(() => "a duration is not above 0");
  const longer = points
    .filter(({ sum }) => Number(sum) > MOST_TIMES * call.seconds)
    .map(({ sum }) => `a duration of ${sum} s, while its caller waited for ${call.seconds} s`);
  return [...mismatches({ points: [expected] } as Fields, { points }, run.scope), ...instant, ...longer];
}

function recordFaults(call: TracedCall, collector: Collector, run: CaseRun): readonly string[] {
  const records = inTrace(collector.told("logs"), call.trace);
  const [server] = inTrace(collector.told("traces"), call.trace).filter(({ kind }) => kind === "SERVER");
  const expected = {
    span: server?.span ?? { $any: true },
    severity: { $any: true },
    attributes: { request_id: call.requestId, ...(call.reason !== undefined && { reason: call.reason }) },
  };
  return mismatches({ records: { $contains: [expected] } } as Fields, { records }, run.scope);
}

function rpcAttributes({ name, code }: TracedCall, isFault: boolean): Fields {
  return {
    "rpc.system.name": "grpc",
    "rpc.method": name,
    ...(code !== undefined && {
      "rpc.response.status_code": code,
      "error.type": isFault ? code : { $absent: true },
    }),
  };
}

/** Of each series the data point that was told last. */
function lastPoints(collector: Collector): readonly Fields[] {
  const last = new Map<string, Fields>();
  for (const point of collector.told("metrics"))
    last.set(JSON.stringify([point.metric, Object.entries(point.attributes as Fields).sort()]), point);
  return [...last.values()];
}

function inTrace(entries: readonly Fields[], trace: string | undefined): readonly Fields[] {
  return entries.filter((entry) => trace === undefined || entry.trace === trace);
}

function assertWithout({ requests }: Collector, secrets: readonly string[]): void {
  const found = secrets.filter((secret) => requests.some((bytes) => bytes.includes(secret)));
  if (found.length > 0)
    throw new StepFailure("told", undefined, "nothing that is debug_redact", found, [
      `${found.join(", ")} was told`,
    ]);
}

/** Then by name: a list of spans has an order that cases can rely on. */
function serversFirst(one: Fields, other: Fields): number {
  const keys = [one, other].map(({ kind, name }) => `${kind === "SERVER" ? 0 : 1} ${String(name)}`);
  return (keys[0] ?? "") < (keys[1] ?? "") ? -1 : 1;
}

interface Looking {
  readonly step: string;
  readonly wanted: Value;
  readonly forMs?: number;
}

/** What is told comes later than the answers. */
async function within(
  collector: Collector,
  { step, wanted, forMs = WITHIN_MS }: Looking,
  look: () => { readonly got: unknown; readonly faults: readonly string[] },
): Promise<void> {
  const until = performance.now() + forMs;
  for (;;) {
    const { got, faults } = look();
    const all = [...collector.faults, ...faults];
    if (all.length === 0) return;
    if (performance.now() > until) throw new StepFailure(step, undefined, wanted, got, all);
    await sleep(50);
  }
}

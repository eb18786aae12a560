import { STATUS_CODES } from "node:http";
import { Code } from "@theseus/kit/contract";
import { Counter, Histogram } from "prom-client";
import type { Call } from "../numbers/call.js";
import {
  type InstanceLabels,
  instanceLabels,
  latencyBuckets,
  type MetricDefinition,
  metrics,
  otherMethod,
} from "./metric-definitions.js";

/** A method that an instance serves. */
export interface ServedMethod {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly isStream: boolean;
}

/** The totals of one instance, until they are disposed of. */
export interface InstanceTotals extends Disposable {
  add(call: Pick<Call, "method" | "code" | "durationMs">): void;
}

const labelNames = [...instanceLabels, "method", "code"] as const;
type Label = (typeof labelNames)[number];

/** What is counted of which kind of calls, and what can stand in their `code`. */
interface Kind {
  readonly total: MetricDefinition;
  readonly duration: MetricDefinition;
  readonly codes: ReadonlySet<string>;
  /** What stands for any other code. */
  readonly otherCode: string;
  readonly good: string;
}

const kinds = {
  mesh: {
    total: metrics.calls,
    duration: metrics.callDuration,
    codes: new Set(Object.keys(Code).filter((name) => Number.isNaN(Number(name)))),
    otherCode: "UNKNOWN",
    good: "OK",
  },
  edge: {
    total: metrics.edgeRequests,
    duration: metrics.edgeRequestDuration,
    // 0: the client has left before the answer.
    codes: new Set([...Object.keys(STATUS_CODES), "0"]),
    otherCode: "other",
    good: "200",
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type CallKind = keyof typeof kinds;

/** Calls that instances have answered since they are counted: what it keeps is bounded by what the contract has, not by calls. */
export class CallTotals {
  readonly #families = { mesh: createFamilies(kinds.mesh), edge: createFamilies(kinds.edge) };

  /** Counts calls of one instance; its methods are there at once, with no calls. */
  begin(kind: CallKind, instance: InstanceLabels, methods: readonly ServedMethod[]): InstanceTotals {
    const { codes, otherCode, good } = kinds[kind];
    const { total, duration } = this.#families[kind];
    const isStream = new Map(methods.map((method) => [method.path, method.isStream]));
    const counted = new Map<string, Readonly<Record<Label, string>>>();
    const labelsOf = (method: string, code: string) => {
      const key = `${method} ${code}`;
      const known = counted.get(key);
      if (known !== undefined) return known;
      const labels = { ...instance, method, code };
      counted.set(key, labels);
      return labels;
    };
    for (const { path } of methods) total.inc(labelsOf(path, good), 0);
    return {
      add: ({ method, code, durationMs }) => {
        const labels = labelsOf(
          isStream.has(method) ? method : otherMethod,
          codes.has(code) ? code : otherCode,
        );
        total.inc(labels);
        if (isStream.get(method) === false) duration.observe(labels, durationMs / 1000);
      },
      [Symbol.dispose]: () => {
        for (const labels of counted.values()) {
          total.remove(labels);
          duration.remove(labels);
        }
      },
    };
  }

  /** For a registry. */
  get metrics(): readonly (Counter<Label> | Histogram<Label>)[] {
    return Object.values(this.#families).flatMap(({ total, duration }) => [total, duration]);
  }
}

/** The most series that there can be of one instance. */
export function mostSeries(kind: CallKind, methods: readonly ServedMethod[]): number {
  const codes = new Set<string>([...kinds[kind].codes, kinds[kind].otherCode]).size;
  const quick = methods.filter(({ isStream }) => !isStream).length;
  // A histogram has its buckets, one without a bound, a sum and a count.
  return (methods.length + 1) * codes + quick * codes * (latencyBuckets.length + 3);
}

function createFamilies({ total, duration }: Kind) {
  return {
    total: new Counter({ name: total.name, help: total.help, labelNames, registers: [] }),
    duration: new Histogram({
      name: duration.name,
      help: duration.help,
      labelNames,
      buckets: [...latencyBuckets],
      registers: [],
    }),
  };
}

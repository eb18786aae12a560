import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "@theseus/testing";
import type { Shop } from "../../../test/system/shop.js";
import type { Calls } from "../visitors/calls.js";

/** How many calls each instance answered of those that were made. */
export interface Spread {
  readonly calls: number;
  readonly perInstance: Readonly<Record<string, number>>;
  /** The largest distance from the same share for each, as a part of it. */
  readonly deviation: number;
}

export interface SpreadOptions {
  readonly shop: Shop;
  readonly calls: Calls;
  readonly service: string;
  /** The method that is called, and what calls it. */
  readonly method: string;
  readonly path: string;
  readonly count: number;
}

type Counts = Readonly<Record<string, number>>;

const atOnce = 8;
const pauseMs = 40;
/** Well within the minute that status tells of. */
const roundMs = 35_000;

/** Calls a method so often, and reads from `theseus status --json` who answered: in rounds where the machine is slow. */
export async function measureSpread(options: SpreadOptions): Promise<Spread> {
  let perInstance: Counts = {};
  while (sum(perInstance) < options.count) {
    const round = await callForAWhile(options, options.count - sum(perInstance));
    perInstance = Object.fromEntries(
      Object.entries(round).map(([name, calls]) => [name, calls + (perInstance[name] ?? 0)]),
    );
  }
  const share = sum(perInstance) / Object.keys(perInstance).length;
  const distances = Object.values(perInstance).map((each) => Math.abs(each - share) / share);
  return { calls: sum(perInstance), perInstance, deviation: Math.max(...distances) };
}

async function callForAWhile(options: SpreadOptions, most: number): Promise<Counts> {
  const { calls, path } = options;
  const isNone = { until: (seen: Counts) => sum(seen) === 0, withinMs: 120_000, everyMs: 1_000 };
  await eventually("nobody has called it in the last minute", () => answered(options), isNone);
  const latest = performance.now() + roundMs;
  let made = 0;
  const caller = async () => {
    while (made < most && performance.now() < latest) {
      made += 1;
      await calls.ask({ operation: "spread", method: "GET", path });
      await sleep(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return eventually("status has counted all", () => answered(options), {
    until: (seen) => sum(seen) === made,
  });
}

async function answered({ shop, service, method }: SpreadOptions): Promise<Counts> {
  const { instances } = await shop.status();
  const active = instances.filter(
    ({ workload, kind, stage }) => workload === service && kind === "application" && stage === "active",
  );
  return Object.fromEntries(
    active.map(({ instance, numbers }) => [
      instance,
      numbers?.methods.find((each) => each.method === method)?.calls ?? 0,
    ]),
  );
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, each) => total + each, 0);
}

import { accessLogFile } from "../pair/instance-paths.js";
import type { Pair } from "../pair/pair.js";
import type { SystemContext } from "../system/context.js";
import { readCall } from "./call.js";
import { type Numbers, RecentCalls } from "./recent-calls.js";
import { type Tail, tailFile } from "./tail.js";

/** Numbers of each instance, kept as it answers calls. */
export interface CallCounts extends Disposable {
  /** Undefined for an instance that serves nobody, or has just begun. */
  of(instance: string): Numbers | undefined;
}

interface Watched extends Disposable {
  readonly calls: RecentCalls;
  readonly tail: Tail;
}

const everyMs = 500;

/** Counts from now on, for the instances that there are at each moment. */
export function countCalls(
  { home, policy }: Pick<SystemContext, "home" | "policy">,
  pairs: () => readonly Pair[],
): CallCounts {
  const streams = new Set(policy.methods.filter((each) => each.serverStreaming).map(({ path }) => path));
  const watched = new Map<string, Watched>();
  const begin = (instance: string) => {
    const calls = new RecentCalls((method) => streams.has(method));
    const tail = tailFile(accessLogFile(home.logs, instance), (lines) => {
      for (const call of lines.map(readCall)) if (call !== undefined) calls.add(call);
    });
    watched.set(instance, { calls, tail, [Symbol.dispose]: () => tail[Symbol.dispose]() });
  };
  const look = () => {
    const names = new Set(
      pairs()
        .filter(serves)
        .map(({ instance }) => instance.name),
    );
    for (const name of names) if (!watched.has(name)) begin(name);
    for (const [name, each] of watched) {
      if (names.has(name)) each.tail.poll();
      else {
        each[Symbol.dispose]();
        watched.delete(name);
      }
    }
  };
  look();
  const timer = setInterval(look, everyMs);
  timer.unref();
  return {
    of: (instance) => watched.get(instance)?.calls.numbers(),
    [Symbol.dispose]() {
      clearInterval(timer);
      for (const each of watched.values()) each[Symbol.dispose]();
    },
  };
}

function serves({ instance }: Pair): boolean {
  return instance.workload.services.length > 0;
}

import { accessLogFile } from "../pair/instance-paths.js";
import type { Pair } from "../pair/pair.js";
import type { SystemContext } from "../system/context.js";
import { type Call, readCall, readEdgeRequest } from "./call.js";
import { type Numbers, RecentCalls } from "./recent-calls.js";
import { type Tail, tailFile } from "./tail.js";

/** Numbers of each instance, kept as it answers calls. */
export interface CallCounts extends Disposable {
  /** Undefined for an instance that serves nobody, or has just begun. */
  of(instance: string): Numbers | undefined;
}

/** What else is told of the calls of one instance. */
export interface CallListener extends Disposable {
  add(call: Call): void;
}

interface Watched extends Disposable {
  /** Absent for one that serves nobody in the mesh. */
  readonly calls?: RecentCalls;
  readonly tail: Tail;
}

const everyMs = 500;

/**
 * Counts from now on, for the instances that there are at each moment.
 *
 * @param listen  begins to tell of an instance what it answers: calls of the mesh, or requests at the edge
 */
export function countCalls(
  { home, policy }: Pick<SystemContext, "home" | "policy">,
  pairs: () => readonly Pair[],
  listen: (pair: Pair) => CallListener,
): CallCounts {
  const streams = new Set(policy.methods.filter((each) => each.serverStreaming).map(({ path }) => path));
  const watched = new Map<string, Watched>();
  const begin = (pair: Pair) => {
    const calls = servesMesh(pair) ? new RecentCalls((method) => streams.has(method)) : undefined;
    const read = servesMesh(pair) ? readCall : readEdgeRequest;
    const listener = listen(pair);
    const tail = tailFile(accessLogFile(home.logs, pair.instance.name), (lines) => {
      for (const call of lines.map(read)) {
        if (call === undefined) continue;
        calls?.add(call);
        listener.add(call);
      }
    });
    const end = () => {
      tail[Symbol.dispose]();
      listener[Symbol.dispose]();
    };
    watched.set(pair.instance.name, { ...(calls && { calls }), tail, [Symbol.dispose]: end });
  };
  const look = () => {
    const present = new Map(pairs().map((pair) => [pair.instance.name, pair]));
    for (const [name, pair] of present) if (!watched.has(name)) begin(pair);
    for (const [name, each] of watched) {
      if (present.has(name)) each.tail.poll();
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
    of: (instance) => watched.get(instance)?.calls?.numbers(),
    [Symbol.dispose]() {
      clearInterval(timer);
      for (const each of watched.values()) each[Symbol.dispose]();
    },
  };
}

/** Else it stands at the edge. */
export function servesMesh({ instance }: Pair): boolean {
  return instance.workload.services.length > 0;
}

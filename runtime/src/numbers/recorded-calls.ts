import { accessLogFile } from "../pair/instance-paths.js";
import type { SystemContext } from "../system/context.js";
import { type Call, readCall } from "./call.js";
import { tailFile } from "./tail.js";

/** Calls of the contract that some instances have answered since they are recorded. */
export interface RecordedCalls extends Disposable {
  /** Those that began from one moment on and before another, in milliseconds; in the order in which they ended. */
  between(instances: readonly string[], fromMs: number, toMs?: number): readonly Call[];
}

/** So many of each instance are remembered: the oldest go first. */
const most = 200_000;

/** Records from now on what the instances answer, by their own access logs. */
export function recordCalls(
  { home, policy }: Pick<SystemContext, "home" | "policy">,
  instances: readonly string[],
): RecordedCalls {
  const methods = new Set(policy.methods.map(({ path }) => path));
  const recorded = new Map(
    instances.map((instance) => {
      const calls: { readonly call: Call; readonly beganMs: number }[] = [];
      const tail = tailFile(accessLogFile(home.logs, instance), (lines) => {
        for (const call of lines.map(readCall))
          if (call !== undefined && methods.has(call.method))
            calls.push({ call, beganMs: Date.parse(call.time) });
        if (calls.length > most * 1.1) calls.splice(0, calls.length - most);
      });
      return [instance, { calls, tail }] as const;
    }),
  );
  return {
    between(names, fromMs, toMs = Number.POSITIVE_INFINITY) {
      return names.flatMap((name) => {
        const of = recorded.get(name);
        of?.tail.poll();
        return (of?.calls ?? [])
          .filter(({ beganMs }) => beganMs >= fromMs && beganMs < toMs)
          .map(({ call }) => call);
      });
    },
    [Symbol.dispose]() {
      for (const { tail } of recorded.values()) tail[Symbol.dispose]();
    },
  };
}

import { setTimeout as sleep } from "node:timers/promises";
import { describeHome, isAlive, readState, type SystemStatus } from "@theseus/runtime/control";
import { topology } from "../../src/topology.js";
import type { Group, Step, Target } from "./fault-plan.js";

/** Every process of a shop but its supervisor. */
export function targetsOf({ instances }: SystemStatus): readonly Target[] {
  return instances.map(({ instance, kind, workload }) => ({
    process: instance,
    group: groupOf(kind, workload),
  }));
}

function groupOf(kind: SystemStatus["instances"][number]["kind"], workload: string | undefined): Group {
  if (kind === "outside") return "provider";
  if (kind !== "application") return kind;
  const atEdge = topology.workloads.some(({ name, services }) => name === workload && services.length === 0);
  return atEdge ? "gateway" : "application";
}

/** Hurts the processes of the shop of one home. */
export interface Hurter extends Disposable {
  /** Resolves when the deed has an end: at once, after the freeze, or when the process was replaced. */
  hurt(step: Step): Promise<void>;
}

const replacedWithinMs = 120_000;

/** Disposal lets go on what stands still. */
export function createHurter(home: string): Hurter {
  const { state } = describeHome(home);
  const frozen = new Set<number>();
  const pidOf = (process: string) => {
    const alive = readState(state)?.processes.find((each) => each.name === process && isAlive(each));
    return alive?.pid;
  };
  const signal = (pid: number, name: NodeJS.Signals) => {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended meanwhile.
    }
  };
  const freeze = async (pid: number, until: () => Promise<unknown>) => {
    frozen.add(pid);
    signal(pid, "SIGSTOP");
    await until();
    if (frozen.delete(pid)) signal(pid, "SIGCONT");
  };
  return {
    async hurt({ deed, process: name, forMs }) {
      const pid = pidOf(name);
      // A process that is down already cannot be hurt more.
      if (pid === undefined) return;
      switch (deed) {
        case "kill":
          return signal(pid, "SIGKILL");
        case "terminate":
          return signal(pid, "SIGTERM");
        case "freeze":
          return freeze(pid, () => sleep(forMs));
        case "hang":
          return freeze(pid, () => isReplaced(() => pidOf(name) !== pid));
        default:
          return deed satisfies never;
      }
    },
    [Symbol.dispose]() {
      for (const pid of frozen) signal(pid, "SIGCONT");
      frozen.clear();
    },
  };
}

async function isReplaced(look: () => boolean): Promise<void> {
  const latest = performance.now() + replacedWithinMs;
  while (!look() && performance.now() < latest) await sleep(100);
}

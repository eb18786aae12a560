import type { Random } from "@theseus/runtime/load";

/** What a process is to the shop. */
export type Group = "application" | "sidecar" | "store" | "gateway" | "provider";

export const groups: readonly Group[] = ["application", "sidecar", "store", "gateway", "provider"];

export interface Target {
  /** Of the process, such as `inventory-1-envoy`. */
  readonly process: string;
  readonly group: Group;
}

/**
 * What is done to a process: SIGKILL; SIGSTOP for some seconds; SIGSTOP until somebody replaces it; SIGTERM, which chaos also
 * sends.
 */
export type Deed = "kill" | "freeze" | "hang" | "terminate";

export interface Step {
  readonly deed: Deed;
  readonly process: string;
  /** After the beginning of the fault. */
  readonly afterMs: number;
  /** How long a freeze lasts. */
  readonly forMs: number;
}

export interface PlannedFault {
  /** Its kind, such as `kill store`. */
  readonly kind: string;
  readonly steps: readonly Step[];
  /** Quiet time before it. */
  readonly pauseMs: number;
}

/**
 * Faults without an end, in rounds: each round kills and freezes a process of each group, leaves one hanging until it is
 * replaced (that takes half a minute), and does several things at once, in an order by chance.
 */
export function* planFaults(targets: readonly Target[], random: Random): Generator<PlannedFault> {
  const of = (group: Group) => random.pick(targets.filter((target) => target.group === group));
  for (;;) {
    const round = [
      ...groups.map((group) => single("kill", of(group), random)),
      ...groups.map((group) => single("freeze", of(group), random)),
      single("hang", of(random.pick(groups)), random),
      chaos(targets, random),
      chaos(targets, random),
    ];
    yield* random.shuffle(round);
  }
}

function single(deed: Deed, { process, group }: Target, random: Random): PlannedFault {
  const step = { deed, process, afterMs: 0, forMs: random.whole(1_000, 6_000) };
  return { kind: `${deed} ${group}`, steps: [step], pauseMs: random.whole(1_000, 3_000) };
}

/** Three to six things within three seconds, each to another process. */
function chaos(targets: readonly Target[], random: Random): PlannedFault {
  const hit = random.shuffle(targets).slice(0, random.whole(3, 6));
  const steps = hit.map(({ process }) => ({
    deed: random.pick<Deed>(["kill", "freeze", "terminate"]),
    process,
    afterMs: random.whole(0, 3_000),
    forMs: random.whole(500, 3_000),
  }));
  return { kind: "chaos", steps, pauseMs: random.whole(1_000, 3_000) };
}

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, readState, type SwapStatus } from "@theseus/runtime/control";
import { eventually } from "@theseus/testing";
import type { Shop } from "../../test/system/shop.js";
import { copyImplementation } from "../rollout/candidate/copied-implementation.js";
import { untilListening } from "../rollout/measure/lost-instance.js";
import { otherLanguage } from "../rollout/rollout-plan.js";
import type { Calls } from "../rollout/visitors/calls.js";
import { countFailures } from "../rollout/visitors/calls.js";
import { applicationsOf, statusNow } from "./instances-of.js";
import { observeSwap, type SwapRun } from "./observe-swap.js";

export const victims = [
  "supervisor",
  "candidate",
  "old instance",
  "candidate's sidecar",
  "old instance's sidecar",
  "comparer",
] as const;
export type Victim = (typeof victims)[number];

/** When it is killed. */
export const moments = ["gate", "standby", "shadow", "10 %", "100 %", "drain"] as const;
export type Moment = (typeof moments)[number];

/** The old instance has every call. */
const beforeShift: readonly Moment[] = ["gate", "standby", "shadow"];

/** Whether there is such a process then. */
export function isThere(victim: Victim, moment: Moment): boolean {
  if (victim === "comparer") return moment === "shadow";
  return moment !== "gate" || !victim.startsWith("candidate");
}

export interface Killed {
  readonly victim: Victim;
  readonly moment: Moment;
  /** What came of the swap, and of it after the supervisor is back. */
  readonly end: string;
  /** `theseus swap status` right after the kill. */
  readonly told: string;
  /** How long nobody was there to take calls; 0: somebody else was. */
  readonly awayMs: number;
  readonly calls: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

interface Attempt {
  readonly shop: Shop;
  readonly calls: Calls;
  readonly service: string;
  readonly flags: readonly string[];
}

/** Kills one process in the middle of a swap, and looks what clients see, what is told, and how it ends. */
export async function killDuring(attempt: Attempt, victim: Victim, moment: Moment): Promise<Killed> {
  const { shop, calls, service } = attempt;
  using copy = copyImplementation(service);
  const beganMs = performance.now();
  const before = await applicationsOf(shop, service);
  const swapping = observeSwap(
    moment === "gate"
      ? { ...attempt, to: otherLanguage(service), isProven: true }
      : { ...attempt, to: copy.folder },
  );
  const over = new AbortController();
  void swapping.then(() => over.abort());
  const names = before.map(({ instance }) => instance);
  const { pid, socket } = await victimAt(attempt, names, { victim, moment, over });
  process.kill(pid, "SIGKILL");
  const listening = socket === undefined ? Promise.resolve(0) : untilListening(socket, performance.now());
  const back = listening.catch(() => Number.POSITIVE_INFINITY);
  // At 100 % the old one takes the calls when the swap is taken back; else they wait for the one that was killed.
  const away = moment === "100 %" ? Promise.race([back, swapping.then(() => 0)]) : back;
  const told = (await shop.theseus("swap", "status")).stdout.trim();
  // A gate to its end would leave a certificate, and the next kill no gate.
  if (moment === "gate" && victim !== "supervisor") await shop.theseus("swap", "--abort");
  const run = await swapping;
  if (victim === "supervisor") await shop.start();
  await eventually("one instance is left", async () => isAtRest(await applicationsOf(shop, service)), {
    withinMs: 60_000,
    everyMs: 500,
  });
  await sleep(1_000);
  const after = await applicationsOf(shop, service);
  const during = calls.during(beganMs, performance.now());
  const failed = countFailures(during);
  const isOther = after.every(({ source }) => source === copy.folder);
  const end = endOf(run, isOther);
  const result = { victim, moment, told, end, awayMs: await away, calls: during.length, failed };
  if (isOther) await shop.theseus("rollback", service);
  return { ...result, faults: faultsOf(result, run) };
}

interface When {
  readonly victim: Victim;
  readonly moment: Moment;
  readonly over: AbortController;
}

/** Waits for the moment. */
async function victimAt({ shop, service }: Attempt, old: readonly string[], { victim, moment, over }: When) {
  return eventually(
    `${moment} of the swap`,
    async () => {
      if (over.signal.aborted) throw new Error("it is over");
      const { pid, swap, instances } = await statusNow(shop);
      if (!isMoment(moment, swap)) return undefined;
      if (victim === "supervisor") return { pid, socket: undefined };
      if (victim === "comparer") return comparerOf(shop);
      const isOld = victim.startsWith("old");
      const kind = victim.endsWith("sidecar") ? "sidecar" : "application";
      const found = instances.find(
        (each) =>
          each.workload === service &&
          each.kind === kind &&
          old.includes(each.instance.replace("-envoy", "")) === isOld,
      );
      if (found?.pid === undefined) return undefined;
      const hasAllCalls = beforeShift.includes(moment) === isOld && moment !== "10 %";
      const { app, mesh } = found.sockets;
      return { pid: found.pid, socket: hasAllCalls ? (app ?? mesh) : undefined };
    },
    { withinMs: 120_000 },
  );
}

/** Undefined while it is not there yet; earlier ones are still written down. */
function comparerOf({ home }: Shop) {
  const known = readState(join(home, "state.json"))?.processes ?? [];
  const found = known.find((each) => each.name === "shadow" && isAlive(each));
  return found && { pid: found.pid, socket: undefined };
}

function isMoment(moment: Moment, swap: SwapStatus | undefined): boolean {
  if (!moment.endsWith("%")) return swap?.stage === moment;
  return swap?.stage === "shift" && `${swap.percent} %` === moment;
}

function isAtRest(instances: Awaited<ReturnType<typeof applicationsOf>>): boolean {
  return (
    instances.length === 1 &&
    instances.every(({ stage, health }) => stage === "active" && health === "SERVING")
  );
}

function endOf({ fault }: SwapRun, isOther: boolean): string {
  return `${isOther ? "done" : "taken back"}${fault === undefined ? "" : `: ${fault.split("\n")[0]}`}`;
}

/** As long as an only instance may be away without a failed read. */
const mostAwayMs = 2_000;

/** A read may be repeated: none of them fails, whoever is killed. */
function faultsOf({ failed, told, victim, awayMs }: Omit<Killed, "faults">, run: SwapRun): readonly string[] {
  const saysWhere = /: (gate|standby|shadow|shift|drain|return)|No swap is under way/.test(told);
  const counts = awayMs > mostAwayMs ? [] : Object.entries(failed);
  return [
    ...counts.map(([answer, count]) => `${count} times ${answer}`),
    ...(saysWhere ? [] : [`theseus swap status says: ${told}`]),
    ...(victim === "supervisor" && run.fault === undefined ? ["the command did not notice"] : []),
  ];
}

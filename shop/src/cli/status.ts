import { setTimeout as sleep } from "node:timers/promises";
import type { Home, InstanceStatus, Numbers, SystemStatus } from "@theseus/runtime/control";
import { askStatus, sayNotRunning } from "./supervisor.js";
import { showSwap } from "./swap-view.js";
import { table } from "./table.js";

export interface StatusFlags {
  readonly json?: true;
  readonly watch?: true;
}

const everyMs = 1_000;

export async function status(home: Home, flags: StatusFlags): Promise<number> {
  for (;;) {
    const shop = await askStatus(home);
    if (shop === undefined) return sayNotRunning(home);
    const text = flags.json ? JSON.stringify(shop, null, flags.watch ? 0 : 2) : showStatus(shop, new Date());
    if (!flags.watch) {
      console.log(text);
      return 0;
    }
    show(text);
    await sleep(everyMs);
  }
}

/** In the place of what was shown before, on a terminal; else below it. */
function show(text: string): void {
  const startAnew = "\u001b[H\u001b[2J";
  console.log(process.stdout.isTTY ? startAnew + text : text);
}

export function showStatus(shop: SystemStatus, now: Date): string {
  const rows = shop.instances.map((instance) => row(instance, now));
  const ends = shop.instances
    .filter(({ lastExit }) => lastExit !== undefined)
    .map(({ instance, lastExit }) => `${instance} ended before: ${lastExit}`);
  return [
    `The shop in ${shop.home} is ${shop.phase} (pid ${shop.pid}).`,
    ...(shop.endpoints?.metrics === undefined ? [] : [`Metrics: ${shop.endpoints.metrics}`]),
    ...(shop.change === undefined ? [] : [`${shop.change} is under way.`]),
    ...(shop.swap === undefined ? [] : [showSwap(shop.swap)]),
    table([columns, ...rows]),
    ...ends,
    ...shop.instances.flatMap((instance) => withoutProof(instance, now)),
  ].join("\n");
}

function withoutProof({ instance, admission }: InstanceStatus, now: Date): readonly string[] {
  if (admission?.by !== "reason") return [];
  const { reason, until } = admission;
  const isOver = now >= new Date(until);
  return [
    `${instance} RUNS WITHOUT PROOF: ${reason} (${isOver ? "its time was over at" : "until"} ${until.slice(0, 19)}Z)`,
  ];
}

/** Calls a second, those that failed and the 95th percentile are of the last minute. */
const columns = [
  ...["INSTANCE", "IMPLEMENTATION", "VERSION", "HEALTH", "STAGE", "CALLS/S", "FAILED", "P95"],
  ...["PID", "PORTS", "RESTARTS", "UPTIME"],
];

function row(instance: InstanceStatus, now: Date): readonly string[] {
  const ports = Object.entries(instance.ports).map(([name, port]) => `${name} ${port}`);
  return [
    instance.instance,
    instance.source ?? instance.implementation,
    versionOf(instance),
    instance.health,
    instance.stage ?? "-",
    ...cells(instance.numbers),
    instance.pid === undefined ? "-" : String(instance.pid),
    ports.join(", ") || "-",
    String(instance.restarts),
    duration(now.getTime() - Date.parse(instance.since)),
  ];
}

/** What it says of itself and the beginning of its content's hash: `0.1.0 4f1c2ab` */
function versionOf({ version, contentHash }: InstanceStatus): string {
  return [version, contentHash?.slice(0, 7)].filter(Boolean).join(" ") || "-";
}

function cells(numbers: Numbers | undefined): readonly string[] {
  if (numbers === undefined) return ["-", "-", "-"];
  const { calls, callsPerSecond, failedShare, latencyMs } = numbers;
  if (calls === 0) return ["0", "-", "-"];
  return [callsPerSecond.toFixed(1), `${(failedShare * 100).toFixed(1)} %`, `${latencyMs.p95} ms`];
}

/** `42s`, `3m 07s`, `5h 12m` */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  if (hours > 0) return `${hours}h ${two(minutes)}m`;
  return minutes > 0 ? `${minutes}m ${two(seconds % 60)}s` : `${seconds}s`;
}

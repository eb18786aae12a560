import type { Home, InstanceStatus, SystemStatus } from "@theseus/runtime/control";
import { askStatus, sayNotRunning } from "./supervisor.js";
import { table } from "./table.js";

export async function status(home: Home, flags: { readonly json?: true }): Promise<number> {
  const shop = await askStatus(home);
  if (shop === undefined) return sayNotRunning(home);
  console.log(flags.json ? JSON.stringify(shop, null, 2) : showStatus(shop, new Date()));
  return 0;
}

export function showStatus(shop: SystemStatus, now: Date): string {
  const head = ["INSTANCE", "IMPLEMENTATION", "VERSION", "HEALTH", "PID", "PORTS", "RESTARTS", "UPTIME"];
  const rows = shop.instances.map((instance) => row(instance, now));
  const ends = shop.instances
    .filter(({ lastExit }) => lastExit !== undefined)
    .map(({ instance, lastExit }) => `${instance} ended before: ${lastExit}`);
  return [
    `The shop in ${shop.home} is ${shop.phase} (pid ${shop.pid}).`,
    table([head, ...rows]),
    ...ends,
  ].join("\n");
}

function row(instance: InstanceStatus, now: Date): readonly string[] {
  const ports = Object.entries(instance.ports).map(([name, port]) => `${name} ${port}`);
  return [
    instance.instance,
    instance.implementation,
    instance.version || "-",
    instance.health,
    instance.pid === undefined ? "-" : String(instance.pid),
    ports.join(", ") || "-",
    String(instance.restarts),
    duration(now.getTime() - Date.parse(instance.since)),
  ];
}

/** `42s`, `3m 07s`, `5h 12m` */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  if (hours > 0) return `${hours}h ${two(minutes)}m`;
  return minutes > 0 ? `${minutes}m ${two(seconds % 60)}s` : `${seconds}s`;
}

import { join } from "node:path";
import { askControl, type InstanceStatus, readState, type SystemStatus } from "@theseus/runtime/control";
import type { Shop } from "../../test/system/shop.js";

/** The applications of a service, whatever they are there for. */
export async function applicationsOf(shop: Shop, service: string): Promise<readonly InstanceStatus[]> {
  const { instances } = await shop.status();
  return instances.filter(({ workload, kind }) => workload === service && kind === "application");
}

/** Asked by the socket: a command takes longer to start than a step may last. */
export async function statusNow({ home }: Shop): Promise<SystemStatus> {
  const state = readState(join(home, "state.json"));
  if (state === undefined) throw new Error("no supervisor runs");
  return (await askControl(state.control, "GET", "/status")) as SystemStatus;
}

export async function activeOf(shop: Shop, service: string): Promise<readonly InstanceStatus[]> {
  return (await applicationsOf(shop, service)).filter(({ stage }) => stage === "active");
}

import { join } from "node:path";
import { implementationsOf } from "@theseus/runtime";
import { topology } from "../../src/topology.js";
import { checkout } from "../../test/system/shop.js";

/** What is done to the shop. */
export interface RolloutPlan {
  readonly visitsPerSecond: number;
  /** How long visitors are watched before anything is done. */
  readonly beforeMs: number;
  /** Calls by which the spread over three instances is measured. Default: it is not. */
  readonly spreadCalls?: number;
  readonly restarts: readonly string[];
  readonly swaps: readonly PlannedSwap[];
  /** So often leaves are rotated, and so often keys. */
  readonly rotations: number;
  /** Services whose only instance is killed in the end. */
  readonly losses: readonly string[];
  /** How long each wrong candidate is held in standby. Default: there is none. */
  readonly heldMs?: number;
}

export interface PlannedSwap {
  readonly service: string;
  readonly to: string;
  readonly back: "rollback" | "swap";
}

export const inventory = "inventory";
export const services = ["user", inventory, "payment"];

/** Everything, with each service in its other language for a while. */
export const wholePlan: RolloutPlan = {
  visitsPerSecond: 10,
  beforeMs: 30_000,
  spreadCalls: 3_000,
  restarts: services,
  swaps: services.map((service, index) => ({
    service,
    to: otherLanguage(service),
    back: index === 0 ? "swap" : "rollback",
  })),
  rotations: 20,
  losses: services,
  heldMs: 60_000,
};

/** Each command once, and no service in a language whose tools may be missing. */
export function shortPlan(swaps: readonly PlannedSwap[]): RolloutPlan {
  return {
    visitsPerSecond: 4,
    beforeMs: 3_000,
    restarts: [inventory],
    swaps,
    rotations: 1,
    losses: [inventory],
  };
}

/** One in which it is implemented beside TypeScript. */
export function otherLanguage(service: string): string {
  const folder = topology.workloads.find(({ name }) => name === service)?.implementations ?? "";
  const other = implementationsOf(join(checkout, folder)).find((language) => language !== topology.language);
  if (other === undefined) throw new Error(`${service} has no other implementation`);
  return other;
}

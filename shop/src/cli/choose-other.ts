import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type SystemStatus, servicesOf, UsageFault } from "@theseus/runtime/control";
import { implementationsOf } from "@theseus/runtime/system";
import { topology } from "../topology.js";
import { toImplementation } from "./change.js";

const checkout = fileURLToPath(new URL("../../../..", import.meta.url));

/** In the order in which they are swapped one after the other. */
export function everyService(): readonly string[] {
  return servicesOf(topology);
}

/** What is to run in the place of what runs: `other` is a language of the checkout in which it does not run now. */
export function chooseOther({ instances }: SystemStatus, service: string, to: string): string {
  if (to !== "other") return toImplementation(to);
  const workload = topology.workloads.find(({ name }) => name === service);
  const running = instances.find(({ workload: of, kind }) => of === service && kind === "application");
  if (workload === undefined || running === undefined) return to;
  const other = implementationsOf(join(checkout, workload.implementations)).find(
    (language) => language !== running.implementation,
  );
  if (other !== undefined) return other;
  throw new UsageFault(`${service} has no other implementation.`, "theseus new-impl begins one.");
}

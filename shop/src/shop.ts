import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import type { System } from "@theseus/runtime/control";
import { reconcileJob } from "./reconcile/reconcile-job.js";
import { keepPeople } from "./seed/people.js";
import { seedJob } from "./seed/seed.js";
import { topology } from "./topology.js";

/** The shop, for the runtime to run. */
export function shopSystem(): System {
  return {
    topology,
    contract: descriptorSetBytes(),
    keepSecrets: keepPeople,
    shadow: ["node", "--enable-source-maps", "shadow/bin/theseus-shadow.mjs"],
    jobs: [seedJob, reconcileJob],
  };
}

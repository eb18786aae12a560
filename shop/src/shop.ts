import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import type { System } from "@theseus/runtime/control";
import { proof } from "./proof.js";
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
    proof,
    shadow: ["node", "--enable-source-maps", "shadow/bin/theseus-shadow.mjs"],
    jobs: [seedJob, reconcileJob],
  };
}

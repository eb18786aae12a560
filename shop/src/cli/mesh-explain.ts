import { servicesOf, UsageFault } from "@theseus/runtime/control";
import { explainPolicyFile } from "@theseus/runtime/system";
import { shopSystem } from "../shop.js";
import { topology } from "../topology.js";
import { table } from "./table.js";

export interface MeshExplainFlags {
  readonly policy?: string;
  readonly json?: true;
}

/** Says where each value comes from that sidecars keep for the methods of a service. */
export function meshExplain(service: string, { policy, json }: MeshExplainFlags): number {
  const services = servicesOf(topology);
  if (!services.includes(service))
    throw new UsageFault(
      `There is no service ${JSON.stringify(service)}.`,
      `There are: ${services.join(", ")}.`,
    );
  const methods = explainPolicyFile(shopSystem(), service, policy);
  if (json) console.log(JSON.stringify(methods, null, 2));
  else
    for (const { path, values } of methods) {
      console.log(`${path.slice(1).replace("/", ".")}`);
      console.log(table(values.map(({ what, value, from }) => [`  ${what}`, value, from])));
      console.log();
    }
  return 0;
}

import type { Answer } from "../../../test/system/http-client.js";
import type { Ground } from "../ground.js";

/** A fault that is planted, and what has to be told of the request that meets it. */
export interface Plant {
  readonly fault: string;
  /** How. */
  readonly by: string;
  /** Plants it, asks, and takes it away; the answer that met it. */
  meet(ground: Ground): Promise<Answer>;
  /** What the first line says. */
  readonly cause: RegExp;
  /** What the line below says: the place to change it. */
  readonly change: RegExp;
}

export const getItem = "/theseus.inventory.v1.InventoryService/GetItem";

/** The option of a method's policy, or of its service's, in the file of its service. */
export function optionOf(field: string, of: string, service: "inventory" | "payment" | "user"): RegExp {
  const option = `option \\(theseus\\.mesh\\.v1\\.(service_)?policy\\)\\.${field} of ${of.replace(".", "\\.")}`;
  return new RegExp(`${option} in proto/theseus/${service}/v1/${service}_service\\.proto`);
}

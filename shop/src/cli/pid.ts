import { type Home, UsageFault } from "@theseus/runtime/control";
import { askStatus, sayNotRunning } from "./supervisor.js";

export async function pid(home: Home, name: string): Promise<number> {
  const shop = await askStatus(home);
  if (shop === undefined) return sayNotRunning(home);
  const found = shop.instances.find(({ instance }) => instance === name);
  if (found === undefined) {
    const known = shop.instances.map(({ instance }) => instance).join(", ");
    throw new UsageFault(`There is no instance "${name}".`, `There are: ${known}.`);
  }
  if (found.pid === undefined) {
    console.error(`${name} has no process now: it is ${found.health}.\n  theseus status says why it ended.`);
    return 1;
  }
  console.log(found.pid);
  return 0;
}

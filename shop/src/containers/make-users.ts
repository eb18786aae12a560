import { makeStoreUsers, places } from "@theseus/deploy/control";
import { UsageFault } from "@theseus/runtime/control";
import { topology } from "../topology.js";

/** Makes the users of a workload's MongoDB, whose loopback this container shares. */
export async function makeUsers(name: string): Promise<void> {
  const workload = topology.workloads.find((each) => each.name === name);
  if (workload === undefined) throw new UsageFault(`There is no workload "${name}".`, "See the topology.");
  await makeStoreUsers(workload, { users: places.storeUsers, at: "127.0.0.1:27017" });
  console.log(`the store lets ${name} in`);
}

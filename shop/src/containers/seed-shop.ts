import { keepPeople } from "../seed/people.js";
import { seedJob } from "../seed/seed.js";
import { edge, folders } from "./places.js";

/** Fills the shop through its edge; a repeat changes nothing. */
export async function seedShop(): Promise<void> {
  const secrets = keepPeople(folders.people);
  console.log(await seedJob.run({ http: edge, grpc: {}, secrets }, AbortSignal.timeout(300_000)));
}

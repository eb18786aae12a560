import { randomUUID } from "node:crypto";
import type { Ground } from "../ground.js";
import { optionOf, type Plant } from "./plant.js";

/** More than one source may send of CreateUser in a second. */
const crowd = 40;

/** Refusals by how much is asked. */
export const limitPlants: readonly Plant[] = [
  {
    fault: "rate limit",
    by: `${crowd} registrations at once`,
    meet: firstRefused,
    cause: /because UserService\.CreateUser was called too often at user-1\.$/,
    change: optionOf("rate", "UserService.CreateUser", "user"),
  },
  {
    fault: "too large",
    by: "a reservation of 100 kB",
    meet: ({ http, visitor }) =>
      http.post(
        "/v1/reservations",
        { lines: [{ item: `items/${"x".repeat(100_000)}`, quantity: 1 }] },
        { token: visitor.token, key: randomUUID() },
      ),
    cause: /because the request is larger than InventoryService\.CreateReservation takes\.$/,
    change: optionOf("max_request_bytes", "InventoryService", "inventory"),
  },
];

async function firstRefused({ http }: Ground) {
  const asked = Array.from({ length: crowd }, () => http.post("/v1/users", {}, { key: randomUUID() }));
  const refused = (await Promise.all(asked)).find(({ status }) => status === 429);
  if (refused === undefined) throw new Error(`${crowd} registrations at once were not too many`);
  return refused;
}

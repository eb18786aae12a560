import { randomUUID } from "node:crypto";
import type { Answer } from "../../../test/system/http-client.js";
import type { Ground } from "../ground.js";

/** Looks at something. */
export function look({ http }: Ground): Promise<Answer> {
  return http.get("/v1/items/rope");
}

/** Reserves one piece. */
export function reserve({ http, visitor }: Ground): Promise<Answer> {
  const body = { lines: [{ item: "items/rope", quantity: 1 }], ttl: "120s" };
  return http.post("/v1/reservations", body, { token: visitor.token, key: randomUUID() });
}

/** Pays for what an answer has reserved. */
export async function payFor(
  { http, visitor }: Ground,
  { status, body: held }: Answer,
  cardToken: string,
): Promise<Answer> {
  if (status !== 200) throw new Error(`reserving: ${status} ${JSON.stringify(held)}`);
  const body = { reservation: held.name, cardToken };
  return http.post("/v1/payments", body, { token: visitor.token, key: randomUUID() });
}

/** Reserves, and pays with a card; the answer to the payment. */
export async function pay(ground: Ground, cardToken: string): Promise<Answer> {
  return payFor(ground, await reserve(ground), cardToken);
}

// What a client asks the shop for, as bench/figures.mjs measures it.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

/**
 * @param {{http: string, secrets: {admin: string, customer: string}}} endpoints  of a shop that runs
 * @returns {Promise<{name: string, title: string, warmUp: number, count: number, request: () => Promise<unknown>}[]>}
 */
export async function openLoads({ http, secrets }) {
  const token = await signIn(secrets.customer);
  await post("/v1/items/rope:addStock", { quantity: "100000" }, await signIn(secrets.admin));
  return [
    {
      name: "read",
      title: "read (GET /v1/items/{item})",
      warmUp: 500,
      count: 4000,
      request: () => send("GET", "/v1/items/rope"),
    },
    { name: "payment", title: "payment (reserve and pay)", warmUp: 50, count: 300, request: pay },
  ];

  async function pay() {
    const order = await post("/v1/reservations", { lines: [{ item: "items/rope", quantity: 1 }] }, token);
    await post("/v1/payments", { reservation: order.name, cardToken: "card-ok" }, token);
  }

  async function signIn(file) {
    return (await post("/v1/sessions", JSON.parse(readFileSync(file, "utf8")))).accessToken;
  }

  function post(path, body, bearer) {
    return send("POST", path, body, bearer);
  }

  async function send(method, path, body, bearer) {
    const headers = { "content-type": "application/json", "idempotency-key": randomUUID() };
    if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`;
    const response = await fetch(http + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }
}

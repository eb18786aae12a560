// What a client asks the shop for, as bench/figures.mjs measures it.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

/**
 * A kind of request: how often it is sent before it is measured, and how often then.
 * @typedef {object} Load
 * @property {string} name  of its column
 * @property {string} title
 * @property {number} warmUp
 * @property {number} count
 * @property {() => Promise<unknown>} request
 */

/**
 * @param {{http: string, secrets: {admin: string}}} endpoints  of a shop that runs
 * @param {number} atOnce  the most requests under way; each buys as a customer of its own, since one may have few open payments
 * @returns {Promise<Load[]>}
 */
export async function openLoads({ http, secrets }, atOnce) {
  const admin = await signedIn(JSON.parse(readFileSync(secrets.admin, "utf8")));
  /** @type {(() => Promise<string>)[]} access tokens of the customers who buy nothing at the moment */
  const idle = [];
  while (idle.length < atOnce) idle.push(await customer());
  await post("/v1/items/rope:addStock", { quantity: "100000" }, await admin());
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
    const token = idle.pop();
    if (token === undefined) throw new Error(`more than ${atOnce} payments at once`);
    const order = await post(
      "/v1/reservations",
      { lines: [{ item: "items/rope", quantity: 1 }] },
      await token(),
    );
    await post("/v1/payments", { reservation: order.name, cardToken: "card-ok" }, await token());
    idle.push(token);
  }

  async function customer() {
    const [email, password] = [`${randomUUID()}@theseus.example`, randomUUID()];
    await post("/v1/users", { email, displayName: "Customer", password });
    return signedIn({ email, password });
  }

  /**
   * @param {{email: string, password: string}} credentials
   * @returns {Promise<() => Promise<string>>} answers an access token that lasts a while yet
   */
  async function signedIn(credentials) {
    let session = post("/v1/users:signIn", credentials);
    await session;
    return async () => {
      session = session.then(refreshed);
      return String((await session).accessToken);
    };
  }

  /** @param {Record<string, unknown>} session */
  async function refreshed(session) {
    if (Date.parse(String(session.accessExpireTime)) - Date.now() > 25_000) return session;
    return post("/v1/users:refreshSession", { refreshToken: session.refreshToken });
  }

  /**
   * @param {string} path
   * @param {object} body
   * @param {string} [bearer]
   */
  function post(path, body, bearer) {
    return send("POST", path, body, bearer);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @param {string} [bearer]
   * @returns {Promise<Record<string, unknown>>} the answer's JSON
   */
  async function send(method, path, body, bearer) {
    const headers = {
      "content-type": "application/json",
      "idempotency-key": randomUUID(),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    };
    const response = await fetch(http + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = /** @type {Record<string, unknown>} */ (await response.json());
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }
}

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { type SigningJwk, signAccessToken } from "@theseus/testing";
import { topology } from "../../src/topology.js";
import { HttpClient } from "../../test/system/http-client.js";
import type { Shop } from "../../test/system/shop.js";
import { stockedItem } from "../../test/system/stock.js";
import { insist } from "../traffic/edge.js";
import { openSession, type Session } from "../traffic/session.js";

/** Who buys what. */
export interface Crowd {
  readonly http: HttpClient;
  readonly buyers: readonly Session[];
  readonly items: readonly string[];
}

/** So many that the quotas of one user are not what ends a visit. */
const buyerCount = 200;
/** Half of what a token lasts: a visit takes a while. */
const tokenMs = 25_000;

/**
 * People who can buy, and items of which there is enough. Their tokens are signed here, with the shop's own key: so many
 * from one address may not sign in.
 */
export async function gatherCrowd(shop: Shop): Promise<Crowd> {
  const http = new HttpClient(shop.edge);
  const administrator = await openSession(http, shop.administrator);
  const items: string[] = [];
  for (let item = 0; item < 8; item++)
    items.push(await stockedItem(http, await administrator.token(), "1000000"));
  const [key] = JSON.parse(readFileSync(shop.signingKeys, "utf8")).keys;
  const buyers: Session[] = [];
  while (buyers.length < buyerCount) buyers.push(signedSession(key, await register(http)));
  return { http, buyers, items };
}

async function register(http: HttpClient): Promise<string> {
  const email = `${randomUUID()}@shop.example`;
  const body = { email, displayName: "Visitor", password: `a long password ${randomUUID()}` };
  const created = await insist(http, { method: "POST", path: "/v1/users", body, key: randomUUID() });
  if (created.outcome !== "acknowledged") throw new Error(`registering: ${created.status} ${created.reason}`);
  return created.body.name;
}

function signedSession(key: SigningJwk, user: string): Session {
  const { tokenIssuer: iss, tokenAudience: aud } = topology.identity;
  let [token, atMs] = ["", Number.NEGATIVE_INFINITY];
  return {
    user,
    token: async () => {
      if (performance.now() - atMs > tokenMs) {
        token = signAccessToken(key, { iss, aud, sub: user, sid: randomUUID() });
        atMs = performance.now();
      }
      return token;
    },
  };
}

import { readFileSync } from "node:fs";
import { createSigningJwk, signAccessToken } from "@theseus/testing";
import { topology } from "../../src/topology.js";
import type { Shop } from "./shop.js";

/** Access tokens that must be refused, by what is wrong with them; all else about each is right. */
export function forgedTokens(shop: Shop, user: string) {
  const [key] = JSON.parse(readFileSync(shop.signingKeys, "utf8")).keys;
  const other = createSigningJwk("other");
  const now = Math.floor(Date.now() / 1000);
  const { tokenIssuer: iss, tokenAudience: aud, adminRole } = topology.identity;
  const right = { iss, aud, sub: user, roles: ["customer", adminRole] };
  const token = (change: object, signer = key) => signAccessToken(signer, { ...right, ...change });
  const [, claims] = token({}).split(".");
  const unsigned = Buffer.from(JSON.stringify({ alg: "none", kid: key.kid })).toString("base64url");
  return {
    expired: token({ iat: now - 700, exp: now - 100 }),
    otherKey: token({}, { ...other, kid: key.kid }),
    otherAudience: token({ aud: "elsewhere" }),
    otherIssuer: token({ iss: "https://elsewhere.example" }),
    longLived: token({ exp: now + 86_400 }),
    unsigned: `${unsigned}.${claims}.`,
    garbage: "not.a.token",
  };
}

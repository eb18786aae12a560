import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { topology } from "../../src/topology.js";
import type { Shop } from "./shop.js";

/** Access tokens that must be refused, by what is wrong with them; all else about each is right. */
export async function forgedTokens(shop: Shop, user: string) {
  const key = JSON.parse(readFileSync(shop.signingKeys, "utf8")).keys[0];
  const right = createPrivateKey({ key, format: "jwk" });
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: topology.identity.tokenIssuer,
    aud: topology.identity.tokenAudience,
    sub: user,
    roles: ["customer", topology.identity.adminRole],
    iat: now,
    exp: now + 600,
  };
  const token = (change: object, signer: KeyObject = right) => jwt({ ...claims, ...change }, key.kid, signer);
  const unsigned = [{ alg: "none", kid: key.kid }, claims].map(base64url).join(".");
  return {
    expired: token({ iat: now - 700, exp: now - 100 }),
    otherKey: token({}, other),
    otherAudience: token({ aud: "elsewhere" }),
    otherIssuer: token({ iss: "https://elsewhere.example" }),
    longLived: token({ exp: now + 86_400 }),
    unsigned: `${unsigned}.`,
    garbage: "not.a.token",
  };
}

function jwt(claims: object, kid: string, key: KeyObject): string {
  const data = `${base64url({ alg: "ES256", typ: "JWT", kid })}.${base64url(claims)}`;
  return `${data}.${sign("sha256", Buffer.from(data), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

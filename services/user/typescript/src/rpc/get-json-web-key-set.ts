import type { JsonWebKeySet } from "@theseus/contract/theseus/user/v1/json_web_key.js";
import type { UserContext } from "../user-context.js";

/** Lists the public members by name, so that no private one can slip in. */
export async function getJsonWebKeySet({
  signingKeys,
}: Pick<UserContext, "signingKeys">): Promise<JsonWebKeySet> {
  const keys = signingKeys();
  return {
    keys: keys.map(({ kid, x, y }) => ({ kty: "EC", crv: "P-256", x, y, kid, alg: "ES256", use: "sig" })),
  };
}

import { CLAIMS_HEADER } from "@theseus/kit";
import type { IdentityScheme } from "../../topology.js";
import { extension, type Message } from "../message.js";

export const jwtFilter = "envoy.filters.http.jwt_authn";

/** Name of the token issuer in the filter's configuration. */
const tokens = "access-token";

/** Where the verified claims stand in the filter's metadata. */
export const claimsMetadata = "claims";

/** Checks the access token when there is one; whether there must be one is the method's rule (see `rbac`). */
export function jwtAuthentication({ tokenIssuer, tokenAudience }: IdentityScheme, jwksPath: string): Message {
  return extension(jwtFilter, "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication", {
    providers: {
      [tokens]: {
        issuer: tokenIssuer,
        audiences: [tokenAudience],
        local_jwks: { filename: jwksPath },
        // Named, because the default would also take a token from the query, where logs would keep it.
        from_headers: [{ name: "authorization", value_prefix: "Bearer " }],
        require_expiration: true,
        // Together with clocks that differ by the skew: nobody takes a token 60 s after its session has ended.
        max_lifetime: "50s",
        clock_skew_seconds: 5,
        payload_in_metadata: claimsMetadata,
        forward_payload_header: CLAIMS_HEADER,
        jwt_cache_config: { jwt_cache_size: 1000 },
      },
    },
    rules: [
      {
        match: { prefix: "/" },
        requires: { requires_any: { requirements: [{ provider_name: tokens }, { allow_missing: {} }] } },
      },
    ],
    strip_failure_response: true,
  });
}

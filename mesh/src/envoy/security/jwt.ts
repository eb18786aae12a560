import { createHash } from "node:crypto";
import { join } from "node:path";
import { CLAIMS_HEADER } from "@theseus/kit";
import type { IdentityScheme } from "../../topology.js";
import { type Message, typed } from "../message.js";

export const jwtFilter = "envoy.filters.http.jwt_authn";

const filterType = "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication";

/** Name of the token issuer in the filter's configuration. */
const tokens = "access-token";

/** Where the verified claims stand in the filter's metadata. */
export const claimsMetadata = "claims";

/** The file in a sidecar's folder of dynamic files that says with which keys it checks access tokens. */
export interface TokenFilterFile {
  readonly name: string;
  /** What a sidecar that has taken it says of itself; the same for the same identity and keys. */
  readonly version: string;
  readonly content: Message;
}

/**
 * The filter that checks the access token when there is one; whether there must be one is the method's rule (see `rbac`).
 * Its configuration comes from a file of the folder, since a listener reads keys that it names but once. There is no
 * configuration for the time without one: a listener waits for the first, and refuses every call when that is broken.
 */
export function jwtAuthentication(xds: string): Message {
  return {
    name: jwtFilter,
    config_discovery: {
      config_source: {
        resource_api_version: "V3",
        path_config_source: { path: join(xds, fileName), watched_directory: { path: xds } },
      },
      type_urls: [typed(filterType)["@type"] as string],
    },
  };
}

/** `keys` are public ones, as RFC 7517 writes them. */
export function tokenFilterFile(identity: IdentityScheme, keys: readonly object[]): TokenFilterFile {
  const filter = configuration(identity, JSON.stringify({ keys }));
  const version = createHash("sha256").update(JSON.stringify(filter)).digest("hex").slice(0, 16);
  const resource = typed("envoy.config.core.v3.TypedExtensionConfig", {
    name: jwtFilter,
    typed_config: filter,
  });
  return { name: fileName, version, content: { version_info: version, resources: [resource] } };
}

const fileName = `${tokens}.ecds.json`;

function configuration({ tokenIssuer, tokenAudience }: IdentityScheme, jwks: string): Message {
  return typed(filterType, {
    providers: {
      [tokens]: {
        issuer: tokenIssuer,
        audiences: [tokenAudience],
        local_jwks: { inline_string: jwks },
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

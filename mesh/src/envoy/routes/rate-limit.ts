import type { Rate } from "@theseus/kit/contract";
import { extension, type Message, typed } from "../message.js";

const name = "envoy.filters.http.local_ratelimit";
const type = "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";

/** In the filter chain it limits nothing: routes have their own buckets. */
export function rateLimitFilter(): Message {
  return extension(name, type, { stat_prefix: "rate_limit" });
}

/** The bucket of one method, as `typed_per_filter_config` of its route. */
export function rateLimitRules({ requestsPerSecond, burst }: Rate): Message {
  const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };
  return {
    [name]: typed(type, {
      stat_prefix: "rate_limit",
      token_bucket: { max_tokens: burst, tokens_per_fill: requestsPerSecond, fill_interval: "1s" },
      filter_enabled: always,
      filter_enforced: always,
      rate_limited_as_resource_exhausted: true,
    }),
  };
}

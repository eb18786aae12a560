import type { Rate } from "@theseus/kit/contract";
import { extension, type Message, typed } from "../message.js";

const name = "envoy.filters.http.local_ratelimit";
const type = "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";

/** One bucket for all routes that have none of their own; without a rate these are not limited. */
export function rateLimitFilter(rate?: Rate): Message {
  return extension(name, type, rate === undefined ? { stat_prefix: "rate_limit" } : bucket(rate));
}

/** The bucket of one method, as `typed_per_filter_config` of its route. */
export function rateLimitRules(rate: Rate): Message {
  return { [name]: typed(type, bucket(rate)) };
}

function bucket({ requestsPerSecond, burst }: Rate): Message {
  const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };
  return {
    stat_prefix: "rate_limit",
    token_bucket: { max_tokens: burst, tokens_per_fill: requestsPerSecond, fill_interval: "1s" },
    filter_enabled: always,
    filter_enforced: always,
    rate_limited_as_resource_exhausted: true,
  };
}

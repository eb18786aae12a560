import type { Rate } from "@theseus/kit/contract";
import { sourceHeader } from "../listeners/header-hygiene.js";
import { extension, type Message, typed } from "../message.js";

const name = "envoy.filters.http.local_ratelimit";
const type = "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";

/** Sources of which a method's buckets are kept: those that called last. */
const mostSources = 1000;

/** In the filter chain it limits nothing: routes have their own buckets. */
export function rateLimitFilter(): Message {
  return extension(name, type, { stat_prefix: "rate_limit" });
}

/**
 * The bucket of one method, as `typed_per_filter_config` of its route. One source gets no more than half of it, so that
 * whoever calls all the time leaves the others a way in: what is refused to a source costs them no token.
 */
export function rateLimitRules({ requestsPerSecond, burst }: Rate): Message {
  const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };
  return {
    [name]: typed(type, {
      stat_prefix: "rate_limit",
      token_bucket: bucket(requestsPerSecond, burst),
      descriptors: [
        { entries: [{ key: "source" }], token_bucket: bucket(half(requestsPerSecond), half(burst)) },
      ],
      rate_limits: [
        { actions: [{ request_headers: { header_name: sourceHeader, descriptor_key: "source" } }] },
      ],
      max_dynamic_descriptors: mostSources,
      filter_enabled: always,
      filter_enforced: always,
      rate_limited_as_resource_exhausted: true,
    }),
  };
}

function bucket(requestsPerSecond: number, burst: number): Message {
  return { max_tokens: burst, tokens_per_fill: requestsPerSecond, fill_interval: "1s" };
}

function half(whole: number): number {
  return Math.ceil(whole / 2);
}

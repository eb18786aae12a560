import { SOURCE_HEADER } from "@theseus/kit";
import type { Rate } from "@theseus/kit/contract";
import { extension, type Message, typed } from "../message.js";

const name = "envoy.filters.http.local_ratelimit";
const type = "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";

/** Sources of which a method's buckets are kept: those that called last. */
const mostSources = 1000;

/** One bucket for all routes that have none of their own; without a rate these are not limited. */
export function rateLimitFilter(rate?: Rate): Message {
  return extension(name, type, rate === undefined ? { stat_prefix: "rate_limit" } : limit(rate));
}

/**
 * The bucket of one method, as `typed_per_filter_config` of its route. One source gets no more than half of it, so that
 * whoever calls all the time leaves the others a way in: what is refused to a source costs them no token.
 */
export function rateLimitRules(rate: Rate): Message {
  const { requestsPerSecond, burst } = rate;
  return {
    [name]: typed(type, {
      ...limit(rate),
      descriptors: [
        { entries: [{ key: "source" }], token_bucket: bucket(half(requestsPerSecond), half(burst)) },
      ],
      rate_limits: [
        { actions: [{ request_headers: { header_name: SOURCE_HEADER, descriptor_key: "source" } }] },
      ],
      max_dynamic_descriptors: mostSources,
    }),
  };
}

function limit({ requestsPerSecond, burst }: Rate): Message {
  const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };
  return {
    stat_prefix: "rate_limit",
    token_bucket: bucket(requestsPerSecond, burst),
    filter_enabled: always,
    filter_enforced: always,
    rate_limited_as_resource_exhausted: true,
  };
}

function bucket(requestsPerSecond: number, burst: number): Message {
  return { max_tokens: burst, tokens_per_fill: requestsPerSecond, fill_interval: "1s" };
}

function half(whole: number): number {
  return Math.ceil(whole / 2);
}

import type { Message } from "../message.js";

/** Takes out a host that fails real calls, faster than its health check notices. Never more than half of the hosts. */
export function outlierDetection(): Message {
  return {
    consecutive_5xx: 10,
    consecutive_gateway_failure: 5,
    enforcing_consecutive_gateway_failure: 100,
    split_external_local_origin_errors: true,
    consecutive_local_origin_failure: 3,
    enforcing_success_rate: 0,
    interval: "1s",
    base_ejection_time: "5s",
    max_ejection_time: "30s",
    max_ejection_time_jitter: "1s",
    max_ejection_percent: 50,
  };
}

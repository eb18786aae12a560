import type { Message } from "../message.js";

export const healthCheckPath = "/grpc.health.v1.Health/Check";

/**
 * gRPC health through the peer's sidecar down to its application. Four checks without an answer take a host out, so that
 * one whose process is started anew stays in; an answer that it does not serve takes it out at once, one success brings it
 * back, which is asked for more often then.
 */
export function grpcHealthCheck(): Message {
  return {
    timeout: "0.5s",
    interval: "1s",
    interval_jitter: "0.1s",
    no_traffic_interval: "1s",
    unhealthy_interval: "0.25s",
    unhealthy_threshold: 4,
    healthy_threshold: 1,
    grpc_health_check: {},
  };
}

import type { MetricDefinition } from "./metric-definitions.js";

/** A family of Envoy's own that is handed on under its own name. */
export interface SidecarMetric extends MetricDefinition {
  /** Matches its counters among all by the names that Envoy itself has for them, with dots. */
  readonly stat: string;
}

type Described = readonly (readonly [stat: string, help: string])[];

const priorities = ["default", "high"];
const limits = ["cx", "rq", "rq_pending", "rq_retry"];

/** All that is handed on of the more than 2,000 series of a sidecar. */
export const sidecarMetrics: readonly SidecarMetric[] = [
  ...ofListeners("gauge", [
    ["downstream_cx_active", "Connections that are open, by listener."],
    ["downstream_rq_active", "Requests that are under way, by listener."],
  ]),
  ...ofListeners("histogram", [
    ["downstream_rq_time", "Time of requests in milliseconds, streams among them, by listener."],
  ]),
  ...ofListeners("counter", [
    ["rbac.denied", "Calls that the contract does not let their caller make."],
    ["jwt_authn.denied", "Calls without a good access token."],
  ]),
  {
    name: "envoy_http_downstream_rq_xx",
    type: "counter",
    help: "Answers by class of HTTP status, by listener.",
    labels: ["envoy_http_conn_manager_prefix", "envoy_response_code_class"],
    stat: String.raw`http\..+\.downstream_rq_\dxx`,
  },
  {
    name: "envoy_http_local_rate_limit_rate_limited",
    type: "counter",
    help: "Calls beyond their method's rate.",
    labels: ["envoy_local_http_ratelimit_prefix"],
    stat: String.raw`.+\.http_local_rate_limit\.rate_limited`,
  },
  ...ofPeers("gauge", [
    ["upstream_cx_active", "Connections that are open, by peer."],
    ["upstream_rq_active", "Calls that are under way, by peer."],
    ["membership_total", "Instances of a peer."],
    ["membership_healthy", "Instances of a peer that are well, by this sidecar's own health checks."],
    ["outlier_detection.ejections_active", "Instances of a peer that are out, since calls to them failed."],
    ...priorities.flatMap((priority) =>
      limits.map(
        (limit) =>
          [
            `circuit_breakers.${priority}.${limit}_open`,
            "1 while no more may be under way, by peer.",
          ] as const,
      ),
    ),
  ]),
  ...ofPeers("counter", [
    ["upstream_cx_connect_fail", "Connections that could not be made, by peer."],
    ["upstream_rq_total", "Calls, retries among them, by peer."],
    ["upstream_rq_timeout", "Calls whose time was over, by peer."],
    ["upstream_rq_retry", "Retries, by peer."],
    ["upstream_rq_retry_overflow", "Retries that were not made, since their budget was used up."],
    ["upstream_rq_retry_limit_exceeded", "Calls that had failed after their last retry."],
    ["upstream_rq_pending_overflow", "Calls that were refused, since too much was under way."],
    ["outlier_detection.ejections_enforced_total", "How often an instance of a peer was taken out."],
  ]),
  ofMethods("total", "Calls that its application has answered, by method."),
  ofMethods("failure", "Calls that its application has answered with anything but OK, by method."),
  {
    name: "envoy_server_memory_allocated",
    type: "gauge",
    help: "The sidecar's heap in bytes.",
    labels: [],
    stat: String.raw`server\.memory_allocated`,
  },
];

function ofListeners(type: MetricDefinition["type"], described: Described): readonly SidecarMetric[] {
  return described.map(([stat, help]) => ({
    name: `envoy_http_${stat.replaceAll(".", "_")}`,
    type,
    help,
    labels: ["envoy_http_conn_manager_prefix"],
    stat: String.raw`http\..+\.${stat.replaceAll(".", "\\.")}`,
  }));
}

function ofPeers(type: MetricDefinition["type"], described: Described): readonly SidecarMetric[] {
  return described.map(([stat, help]) => ({
    name: `envoy_cluster_${stat.replaceAll(".", "_")}`,
    type,
    help,
    labels: ["envoy_cluster_name"],
    stat: String.raw`cluster\..+\.${stat.replaceAll(".", "\\.")}`,
  }));
}

function ofMethods(stat: string, help: string): SidecarMetric {
  return {
    name: `envoy_cluster_grpc_${stat}`,
    type: "counter",
    help,
    labels: ["envoy_cluster_name", "envoy_grpc_bridge_service", "envoy_grpc_bridge_method"],
    stat: String.raw`cluster\.from_.+\.grpc\..+\.${stat}`,
  };
}

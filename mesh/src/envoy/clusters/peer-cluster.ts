import { join } from "node:path";
import { spiffeId, type Topology } from "../../topology.js";
import type { Message } from "../message.js";
import { upstreamTls, uriName } from "../security/tls.js";
import type { SidecarPaths } from "../sidecar-options.js";
import { circuitBreakers } from "./circuit-breakers.js";
import { grpcHealthCheck } from "./health-check.js";
import { healthEvents } from "./host-log.js";
import { http2Client } from "./http2.js";
import { outlierDetection } from "./outlier-detection.js";

/** The instances of another workload, as its endpoints file lists them. */
export function peerCluster(
  topology: Topology,
  peer: string,
  { xds, identity, hostLog }: Pick<SidecarPaths, "xds" | "identity" | "hostLog">,
): Message {
  return {
    name: peer,
    type: "EDS",
    eds_cluster_config: {
      service_name: peer,
      eds_config: {
        resource_api_version: "V3",
        path_config_source: { path: join(xds, `${peer}.eds.json`), watched_directory: { path: xds } },
      },
    },
    // Exact by weight, which shifting from one implementation to another relies on.
    lb_policy: "ROUND_ROBIN",
    connect_timeout: "1s",
    common_lb_config: {
      healthy_panic_threshold: { value: 0 },
      // At once: with Envoy's default of a second, a host that the admin interface calls healthy may not be in use yet.
      update_merge_window: "0s",
    },
    ignore_health_on_host_removal: true,
    typed_extension_protocol_options: http2Client({
      connection_keepalive: { interval: "10s", timeout: "2s", connection_idle_interval: "5s" },
    }),
    transport_socket: upstreamTls({
      identity,
      peers: [uriName(spiffeId(topology, peer))],
    }),
    circuit_breakers: circuitBreakers({ connections: 64, pending: 256, requests: 1024 }),
    outlier_detection: outlierDetection(),
    health_checks: [{ ...grpcHealthCheck(), ...healthEvents(hostLog) }],
  };
}

import type { Message } from "../message.js";
import { typed } from "../message.js";

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** Share of the calls relative to the others, 1 or more. Default 1. */
  readonly weight?: number;
  /** `draining` gets no new calls, but keeps those it has. Default `healthy`: active checks decide. */
  readonly health?: "healthy" | "draining";
  /** A reserve gets calls only as long as none of the others is well. Default false. */
  readonly reserve?: boolean;
}

/** Content of `<xds>/<workload>.eds.json`. Write it beside and rename it into place: Envoy watches the folder for moves. */
export function endpointsFile(workload: string, endpoints: readonly Endpoint[]): Message {
  const reserve = endpoints.filter((endpoint) => endpoint.reserve);
  const first = endpoints.filter((endpoint) => !endpoint.reserve);
  return {
    resources: [
      typed("envoy.config.endpoint.v3.ClusterLoadAssignment", {
        cluster_name: workload,
        endpoints: [
          { lb_endpoints: first.map(lbEndpoint) },
          ...(reserve.length > 0 ? [{ priority: 1, lb_endpoints: reserve.map(lbEndpoint) }] : []),
        ],
      }),
    ],
  };
}

function lbEndpoint(endpoint: Endpoint): Message {
  return {
    endpoint: { address: { socket_address: { address: endpoint.address, port_value: endpoint.port } } },
    load_balancing_weight: endpoint.weight ?? 1,
    ...(endpoint.health === "draining" ? { health_status: "DRAINING" } : {}),
  };
}

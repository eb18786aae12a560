import { externalsOf, peersOf } from "../policy/relations.js";
import type { Topology, Workload } from "../topology.js";
import { admin } from "./admin.js";
import { type ApplicationProtocol, localApplication } from "./application-cluster.js";
import { edgeListener } from "./edge.js";
import { externalCluster } from "./external-cluster.js";
import { developerListener, meshListener } from "./inbound.js";
import type { Message } from "./message.js";
import { outboundListener } from "./outbound.js";
import { overloadManager } from "./overload.js";
import { peerCluster } from "./peer-cluster.js";
import type { SidecarOptions } from "./sidecar-options.js";

/** The whole configuration of one instance's sidecar. Pure: the same options give the same bytes. */
export function sidecarBootstrap(options: SidecarOptions): Message {
  const { workload, instance, paths } = options;
  return {
    node: { id: `${workload}-${instance}`, cluster: workload },
    admin: admin(paths.admin),
    application_log_config: {
      log_format: {
        json_format: { time: "%Y-%m-%dT%T.%eZ", level: "%l", name: "envoy.%n", msg: "%j" },
      },
    },
    overload_manager: overloadManager(),
    static_resources: { listeners: listeners(options), clusters: clusters(options) },
  };
}

function listeners(options: SidecarOptions): readonly Message[] {
  const { mesh, developer, edge } = options.ports;
  return [
    ...(mesh === undefined ? [] : [meshListener(options, mesh)]),
    ...(developer === undefined ? [] : [developerListener(options, developer)]),
    ...(edge === undefined ? [] : [edgeListener(options, edge)]),
    outboundListener(options),
  ];
}

function clusters({ policy, topology, workload, paths, provider }: SidecarOptions): readonly Message[] {
  return [
    localApplication(paths.app, protocolOf(find(topology, workload))),
    ...peersOf(policy, topology, workload).map((peer) => peerCluster(topology, peer, paths.xds)),
    ...externalsOf(policy, topology, workload).map((name) => {
      const external = topology.externals.find((candidate) => candidate.name === name);
      if (external === undefined || provider === undefined || paths.provider === undefined) {
        throw new Error(`${workload} calls ${name}: its address and its certificates are needed`);
      }
      return externalCluster(external, provider, paths.xds);
    }),
  ];
}

/** Who serves no gRPC services stands at the edge and speaks HTTP. */
function protocolOf({ services }: Workload): ApplicationProtocol {
  return services.length === 0 ? "http1" : "grpc";
}

function find(topology: Topology, workload: string): Workload {
  const found = topology.workloads.find(({ name }) => name === workload);
  if (found === undefined) throw new Error(`no workload "${workload}" in the topology`);
  return found;
}

import { callersOf, externalsOf, peersOf } from "../policy/relations.js";
import { isAtEdge, spiffeId } from "../topology.js";
import { admin } from "./admin.js";
import { applicationOf, localApplication } from "./clusters/application-cluster.js";
import { externalCluster } from "./clusters/external-cluster.js";
import { outlierEvents } from "./clusters/host-log.js";
import { peerCluster } from "./clusters/peer-cluster.js";
import { receiver } from "./clusters/receiver-cluster.js";
import { comparer } from "./clusters/shadow-cluster.js";
import { edgeListener } from "./listeners/edge.js";
import { developerListener, meshListener } from "./listeners/inbound.js";
import { outboundListener } from "./listeners/outbound.js";
import type { Message } from "./message.js";
import { optionFaults } from "./option-faults.js";
import { edgeLimits, overloadManager, peerLimits } from "./overload.js";
import { mirrorPaths } from "./routes/mirror.js";
import type { SidecarOptions } from "./sidecar-options.js";

/**
 * The whole configuration of one instance's sidecar. Pure: the same options give the same bytes.
 * Throws with every fault of the options.
 */
export function sidecarBootstrap(options: SidecarOptions): Message {
  const faults = optionFaults(options);
  if (faults.length > 0) throw new Error(`no sidecar of ${options.workload}: ${faults.join("; ")}`);
  const { workload, instance, paths, ports } = options;
  return {
    node: { id: `${workload}-${instance}`, cluster: workload },
    admin: admin(paths.admin, paths.shadow === undefined ? [] : Object.values(mirrorPaths)),
    // Gone with the process: one that is started again copies nothing.
    layered_runtime: { layers: [{ name: "admin", admin_layer: {} }] },
    application_log_config: {
      log_format: {
        json_format: { time: "%Y-%m-%dT%T.%eZ", level: "%l", name: "envoy.%n", msg: "%j" },
      },
    },
    ...outlierEvents(paths.hostLog),
    overload_manager: overloadManager(ports.edge === undefined ? peerLimits : edgeLimits),
    static_resources: { listeners: listeners(options), clusters: clusters(options) },
  };
}

function listeners(options: SidecarOptions): readonly Message[] {
  const { mesh, edge } = options.ports;
  const { developer } = options.paths;
  return [
    ...(mesh === undefined ? [] : [meshListener(options, mesh)]),
    ...(developer === undefined ? [] : [developerListener(options, developer)]),
    ...(edge === undefined ? [] : [edgeListener(options, edge)]),
    outboundListener(options),
  ];
}

function clusters({
  policy,
  topology,
  workload,
  paths,
  externals = {},
  traces,
}: SidecarOptions): readonly Message[] {
  const called = externalsOf(policy, topology, workload);
  return [
    localApplication(paths.app, isAtEdge(topology, workload) ? "http1" : "grpc"),
    ...callersOf(policy, topology, workload).map((caller) =>
      applicationOf(spiffeId(topology, caller), paths.app),
    ),
    ...(paths.shadow === undefined ? [] : [comparer(paths.shadow)]),
    ...(traces === undefined ? [] : [receiver(traces)]),
    ...peersOf(policy, topology, workload).map((peer) => peerCluster(topology, peer, paths)),
    ...topology.externals
      .filter(({ name }) => called.includes(name))
      .flatMap((external) => {
        const access = externals[external.name];
        return access === undefined ? [] : [externalCluster(external, access)];
      }),
  ];
}

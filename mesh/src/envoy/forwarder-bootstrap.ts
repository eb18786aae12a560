import { admin } from "./admin.js";
import { listener, socketAddress } from "./listeners/listener.js";
import { extension, type Message } from "./message.js";
import { overloadManager, peerLimits } from "./overload.js";

/** One port, and the unix socket that its connections go to. */
export interface Forward {
  readonly name: string;
  readonly port: number;
  readonly socket: string;
}

/** An Envoy that opens unix sockets as ports, byte by byte, for tools that know no sockets. */
export function forwarderBootstrap(adminSocket: string, forwards: readonly Forward[]): Message {
  return {
    node: { id: "forwarder", cluster: "forwarder" },
    admin: admin(adminSocket),
    overload_manager: overloadManager(peerLimits),
    static_resources: {
      listeners: forwards.map(({ name, port }) =>
        listener({
          name,
          address: socketAddress({ address: "0.0.0.0" }, port),
          maxConnections: 16,
          filter: extension(
            "envoy.filters.network.tcp_proxy",
            "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
            { stat_prefix: name, cluster: name },
          ),
        }),
      ),
      clusters: forwards.map(({ name, socket }) => ({
        name,
        type: "STATIC",
        connect_timeout: "1s",
        load_assignment: {
          cluster_name: name,
          endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: socket } } } }] }],
        },
      })),
    },
  };
}

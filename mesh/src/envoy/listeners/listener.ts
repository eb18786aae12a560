import { extension, type Message } from "../message.js";
import type { SidecarPorts } from "../sidecar-options.js";

export interface ListenerOptions {
  readonly name: string;
  readonly address: Message;
  readonly transportSocket?: Message;
  /** How many connections are held at a time. Default: as many as the sidecar holds in all. */
  readonly maxConnections?: number;
  /** What reads the first bytes of a connection. */
  readonly listenerFilters?: readonly Message[];
  /** True where only its own application calls: it gets through however many connections others hold. */
  readonly isPrivate?: boolean;
  /** Where failed handshakes are told. */
  readonly accessLog?: Message;
  /** The network filter that takes the connections. */
  readonly filter: Message;
}

export function listener(options: ListenerOptions): Message {
  const {
    name,
    address,
    transportSocket,
    filter,
    listenerFilters,
    maxConnections,
    isPrivate = false,
    accessLog,
  } = options;
  return {
    name,
    address,
    ...(isPrivate ? { ignore_global_conn_limit: true } : {}),
    ...(accessLog === undefined ? {} : { access_log: [accessLog] }),
    ...(listenerFilters === undefined
      ? {}
      : { listener_filters: listenerFilters, listener_filters_timeout: "5s" }),
    // Bytes; Envoy's default of 1 MiB a connection would let few slow readers fill the heap.
    per_connection_buffer_limit_bytes: 32_768,
    filter_chains: [
      {
        ...(transportSocket === undefined ? {} : { transport_socket: transportSocket }),
        transport_socket_connect_timeout: "5s",
        filters: [...(maxConnections === undefined ? [] : [connectionLimit(name, maxConnections)]), filter],
      },
    ],
  };
}

function connectionLimit(name: string, maxConnections: number): Message {
  return extension(
    "envoy.filters.network.connection_limit",
    "envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit",
    { stat_prefix: name, max_connections: maxConnections },
  );
}

/** Reads whether a connection speaks HTTP; the listener closes it when it says nothing for too long. */
export function httpInspector(): Message {
  return extension(
    "envoy.filters.listener.http_inspector",
    "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector",
  );
}

/** 0 lets the system choose the port. */
export function socketAddress({ address = "127.0.0.1" }: SidecarPorts, port: number): Message {
  return { socket_address: { address, port_value: port } };
}

/** A unix socket for its owner alone. */
export function unixSocket(path: string): Message {
  return { pipe: { path, mode: 0o600 } };
}

import type { Rate } from "@theseus/kit/contract";
import { callersOf, methodsServedBy } from "../../policy/relations.js";
import { spiffeId } from "../../topology.js";
import { applicationCluster } from "../clusters/application-cluster.js";
import { http2Server } from "../clusters/http2.js";
import { extension, type Message } from "../message.js";
import { grpcLocalReply, unreachedHeader } from "../replies/grpc-local-reply.js";
import { type InboundRoutesOptions, inboundRoutes } from "../routes/inbound-routes.js";
import { rateLimitFilter } from "../routes/rate-limit.js";
import { exactSizeFilter, requestSizeFilter } from "../routes/request-size.js";
import { jwtAuthentication } from "../security/jwt.js";
import { developerRules, rbacFilters, workloadRules } from "../security/rbac.js";
import { downstreamTls, uriName } from "../security/tls.js";
import type { SidecarOptions } from "../sidecar-options.js";
import { accessLogOf } from "./access-log.js";
import { handshakeLog } from "./handshake-log.js";
import { peerHeader } from "./header-hygiene.js";
import { httpConnectionManager } from "./http-connection-manager.js";
import { httpInspector, listener, socketAddress, unixSocket } from "./listener.js";
import { tracing } from "./tracing.js";

/** Where other sidecars call: mutual TLS, callers known by their certificate. */
export function meshListener(options: SidecarOptions, port: number): Message {
  const { policy, topology, workload, paths } = options;
  const callers = callersOf(policy, topology, workload);
  return listener({
    name: "mesh",
    address: socketAddress(options.ports, port),
    ...(paths.hostLog !== undefined && { accessLog: handshakeLog(paths.hostLog) }),
    transportSocket: downstreamTls({
      identity: paths.identity,
      peers: callers.map((caller) => uriName(spiffeId(topology, caller))),
    }),
    filter: inbound(options, {
      name: "mesh",
      rules: (method) => workloadRules(topology, method.allow),
      // Each caller has a cluster by its name.
      application: { cluster_header: peerHeader },
      settings: {
        forward_client_cert_details: "SANITIZE_SET",
        set_current_client_cert_details: { uri: true },
      },
      passesSource: true,
      namesPeer: true,
    }),
  });
}

/**
 * Where people with grpcurl call, without a certificate: they may call what any workload may, by the same token rules. So the
 * socket is for the account alone that runs the sidecar. They call as much as a person does: more would occupy the
 * application until it answers health checks too late, and its peers take it out for everybody.
 */
export function developerListener(options: SidecarOptions, socket: string): Message {
  return listener({
    name: "developer",
    address: unixSocket(socket),
    listenerFilters: [httpInspector()],
    maxConnections: 16,
    filter: inbound(options, {
      name: "developer",
      rules: (method) => developerRules(options.topology, method.allow),
      application: { cluster: applicationCluster },
      rate: { requestsPerSecond: 50, burst: 50 },
      settings: {
        forward_client_cert_details: "SANITIZE",
        http2_protocol_options: http2Server(16),
      },
      passesSource: false,
      namesPeer: false,
    }),
  });
}

interface InboundListener extends Omit<InboundRoutesOptions, "isMirrored" | "isTraced"> {
  readonly name: string;
  /** Of all methods together that have no rate in the contract. Default: unlimited. */
  readonly rate?: Rate;
  readonly settings: Message;
  readonly passesSource: boolean;
  readonly namesPeer: boolean;
}

function inbound(
  options: SidecarOptions,
  { name, rules, application, rate, settings, passesSource, namesPeer }: InboundListener,
): Message {
  const { policy, topology, workload, paths } = options;
  const served = methodsServedBy(policy, topology, workload);
  return httpConnectionManager({
    name,
    accessLog: accessLogOf(options),
    routes: inboundRoutes(served, {
      rules,
      application,
      isMirrored: paths.shadow !== undefined,
      isTraced: options.traces !== undefined,
    }),
    passesSource,
    namesPeer,
    responseHeadersToRemove: [unreachedHeader],
    filters: [
      jwtAuthentication(paths.xds),
      ...rbacFilters(),
      rateLimitFilter(rate),
      requestSizeFilter(),
      ...(served.some(({ isSizeOfOverlay }) => isSizeOfOverlay) ? [exactSizeFilter()] : []),
      grpcStats(),
    ],
    localReply: grpcLocalReply(policy, { markUnreached: true }),
    settings: {
      codec_type: "HTTP2",
      stream_error_on_invalid_http_message: true,
      ...tracing(options),
      ...settings,
    },
  });
}

/** It stands behind the rules, so that only methods of the contract get counters. */
function grpcStats(): Message {
  return extension(
    "envoy.filters.http.grpc_stats",
    "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig",
    {
      stats_for_all_methods: true,
      // Else its parts are taken for the method's.
      replace_dots_in_grpc_service_name: true,
      enable_upstream_stats: true,
    },
  );
}

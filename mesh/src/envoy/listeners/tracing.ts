import { receiverCluster, receiverUrl } from "../clusters/receiver-cluster.js";
import { extension, type Message } from "../message.js";
import type { SidecarOptions } from "../sidecar-options.js";

const ALWAYS: Message = { value: 100 };
const LONGEST_EXPORT = "1s";

/**
 * A span for each request, told by OTLP over HTTP: a trace that comes is sampled as it says, one that begins here always.
 * Empty without a receiver.
 */
export function tracing({ traces, workload, instance }: SidecarOptions): Message {
  if (traces === undefined) return {};
  const provider = extension("envoy.tracers.opentelemetry", "envoy.config.trace.v3.OpenTelemetryConfig", {
    http_service: {
      http_uri: { uri: receiverUrl(traces), cluster: receiverCluster, timeout: LONGEST_EXPORT },
    },
    service_name: `${workload}-sidecar`,
    resource_detectors: [
      extension(
        "envoy.tracers.opentelemetry.resource_detectors.static_config",
        "envoy.extensions.tracers.opentelemetry.resource_detectors.v3.StaticConfigResourceDetectorConfig",
        { attributes: { "service.instance.id": `${workload}-${instance}` } },
      ),
    ],
  });
  return { tracing: { provider, random_sampling: ALWAYS } };
}

/** On a route: what begins there is in no trace. */
export const untraced: Message = { tracing: { random_sampling: { numerator: 0 } } };

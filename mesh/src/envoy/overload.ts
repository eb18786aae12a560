import { extension, type Message } from "./message.js";

const heap = "envoy.resource_monitors.fixed_heap";
const connections = "envoy.resource_monitors.global_downstream_max_connections";

/** What one sidecar may take. */
export interface SidecarLimits {
  readonly maxHeapBytes: number;
  /** Open connections, over all listeners but the application's own. */
  readonly maxConnections: number;
}

/** A quiet sidecar needs about a quarter of the memory. */
export const peerLimits: SidecarLimits = { maxHeapBytes: 268_435_456, maxConnections: 2000 };

/** A connection without requests takes about 5 KB, one with a stream that stays open about 80 KB. */
export const edgeLimits: SidecarLimits = { maxHeapBytes: 536_870_912, maxConnections: 8000 };

/** A sidecar frees memory, then resets its largest streams, then refuses requests, before the system would kill it. */
export function overloadManager({ maxHeapBytes, maxConnections }: SidecarLimits): Message {
  return {
    refresh_interval: "0.25s",
    resource_monitors: [
      extension(heap, "envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig", {
        max_heap_size_bytes: maxHeapBytes,
      }),
      extension(
        connections,
        "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
        { max_active_downstream_connections: maxConnections },
      ),
    ],
    buffer_factory_config: { minimum_account_to_track_power_of_two: 20 },
    actions: [
      { name: "envoy.overload_actions.shrink_heap", triggers: [at(0.9)] },
      {
        name: "envoy.overload_actions.reset_high_memory_stream",
        triggers: [{ name: heap, scaled: { scaling_threshold: 0.92, saturation_threshold: 0.98 } }],
      },
      { name: "envoy.overload_actions.stop_accepting_requests", triggers: [at(0.95)] },
    ],
  };
}

function at(value: number): Message {
  return { name: heap, threshold: { value } };
}

import { extension, type Message } from "./message.js";

const heap = "envoy.resource_monitors.fixed_heap";
const connections = "envoy.resource_monitors.global_downstream_max_connections";

/** Bytes; a quiet sidecar needs about a quarter of it. */
const maxHeapBytes = 268_435_456;

/** A sidecar frees memory, then resets its largest streams, then refuses requests, before the system would kill it. */
export function overloadManager(): Message {
  return {
    refresh_interval: "0.25s",
    resource_monitors: [
      extension(heap, "envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig", {
        max_heap_size_bytes: maxHeapBytes,
      }),
      extension(
        connections,
        "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
        { max_active_downstream_connections: 2000 },
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

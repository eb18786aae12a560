import type { MethodPolicy } from "../../policy/mesh-policy.js";
import type { Message } from "../message.js";

/**
 * Calls that may stay open have connections and limits of their own, so that they take no room from calls that end soon:
 * Envoy keeps one set of both for each of its two priorities, and nothing else hangs on them.
 */
export function priorityOf({ clientStreaming, serverStreaming }: StreamShape): Message {
  return clientStreaming || serverStreaming ? { priority: "HIGH" } : {};
}

export type StreamShape = Pick<MethodPolicy, "clientStreaming" | "serverStreaming">;

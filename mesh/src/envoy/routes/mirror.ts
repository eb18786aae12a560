import type { MethodPolicy } from "../../policy/mesh-policy.js";
import { shadowCluster } from "../clusters/shadow-cluster.js";
import type { Message } from "../message.js";

/** Runtime key: how many of a hundred calls are copied. Nobody has set it when a sidecar starts: none is. */
export const mirrorKey = "theseus.shadow.percent";

/** Paths of the admin interface that copy all calls, or none; by POST. */
export const mirrorPaths = { on: `/runtime_modify?${mirrorKey}=100`, off: `/runtime_modify?${mirrorKey}=0` };

/**
 * Copies of the calls that have no side effects, once they have passed every rule. A copy of a stream stays open after its caller
 * has left: streams have none.
 */
export function mirror({ idempotency, clientStreaming, serverStreaming }: MethodPolicy): Message {
  if (idempotency !== "no-side-effects" || clientStreaming || serverStreaming) return {};
  return {
    request_mirror_policies: [
      {
        cluster: shadowCluster,
        runtime_fraction: { default_value: { numerator: 0, denominator: "HUNDRED" }, runtime_key: mirrorKey },
        disable_shadow_host_suffix_append: true,
      },
    ],
  };
}

import type { Call } from "../server/call.js";
import type { CallOptions } from "./client.js";

/** Options for a call that this one causes: it ends when this one does and belongs to the same trace. */
export function downstream(call: Call): CallOptions {
  return { signal: call.signal, deadline: call.deadline, metadata: call.outgoing };
}

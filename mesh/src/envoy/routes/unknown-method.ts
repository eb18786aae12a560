import type { Message } from "../message.js";

/** The last route: what no other route matches is UNIMPLEMENTED (see `refusals`). */
export function unknownMethod(perFilter: Message = {}): Message {
  return {
    name: "unknown",
    match: { prefix: "/" },
    direct_response: { status: 404 },
    typed_per_filter_config: perFilter,
  };
}

import type { IncomingHttpHeaders } from "node:http";
import { type DescMethod, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { resumeFieldsOf } from "@theseus/kit/contract";

/** Sets the request's resume token from the header that an EventSource sends when it reconnects, unless it is set. */
export function applyLastEventId(method: DescMethod, request: Message, headers: IncomingHttpHeaders): void {
  const lastEventId = headers["last-event-id"];
  const field = resumeFieldsOf(method)?.request;
  if (!field || !lastEventId) return;
  const target = reflect(method.input, request);
  if (!target.isSet(field)) target.set(field, String(lastEventId));
}

/**
 * How a method's stream of answers is resumed: the request that goes on right after a message, or undefined when the
 * message has no token. Undefined for a method that has none.
 */
export function requestAfter(
  method: DescMethod,
): ((request: Uint8Array, last: Uint8Array) => Uint8Array | undefined) | undefined {
  const fields = resumeFieldsOf(method);
  if (!fields) return undefined;
  const { input, output } = method;
  return (request, last) => {
    const token = reflect(output, fromBinary(output, last)).get(fields.response);
    if (token === "") return undefined;
    const next = reflect(input, fromBinary(input, request));
    next.set(fields.request, token);
    return toBinary(input, next.message);
  };
}

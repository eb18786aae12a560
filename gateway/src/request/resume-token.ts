import type { IncomingHttpHeaders } from "node:http";
import type { DescMethod, Message } from "@bufbuild/protobuf";
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

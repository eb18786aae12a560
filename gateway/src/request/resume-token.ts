import type { IncomingHttpHeaders } from "node:http";
import {
  type DescField,
  type DescMessage,
  type DescMethod,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";

/** The field by which a stream continues where it ended: replies have it, and a request may bring the last one back. */
const RESUME_TOKEN = "resume_token";

/** The resume token of a message that has one: a single string. */
export function resumeFieldOf(message: DescMessage): DescField | undefined {
  return message.fields.find(
    ({ name, fieldKind, scalar }) =>
      name === RESUME_TOKEN && fieldKind === "scalar" && scalar === ScalarType.STRING,
  );
}

/** Sets the request's resume token from the header that an EventSource sends when it reconnects, unless it is set. */
export function applyLastEventId(method: DescMethod, request: Message, headers: IncomingHttpHeaders): void {
  const lastEventId = headers["last-event-id"];
  const field = resumeFieldOf(method.input);
  if (!field || !lastEventId) return;
  const target = reflect(method.input, request);
  if (!target.isSet(field)) target.set(field, String(lastEventId));
}

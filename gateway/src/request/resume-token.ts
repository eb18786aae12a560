import type { IncomingHttpHeaders } from "node:http";
import { type DescField, type DescMethod, type Message, ScalarType } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";

/** The field, in answer and request alike, by which a stream goes on where it ended. */
export const RESUME_TOKEN = "resume_token";

/** True for a single string. */
export function isTextResumeField(field: DescField): boolean {
  return field.fieldKind === "scalar" && field.scalar === ScalarType.STRING;
}

/** What an EventSource sends when it reconnects goes into the request's resume token, unless that has a value. */
export function applyLastEventId(method: DescMethod, request: Message, headers: IncomingHttpHeaders): void {
  const lastEventId = headers["last-event-id"];
  const field = method.input.fields.find((each) => each.name === RESUME_TOKEN && isTextResumeField(each));
  if (!field || !lastEventId) return;
  const target = reflect(method.input, request);
  if (!target.isSet(field)) target.set(field, String(lastEventId));
}

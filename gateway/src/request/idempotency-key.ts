import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { malformed } from "../errors/gateway-error.js";
import type { Route } from "../routes/route.js";

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const HEADER = "Idempotency-Key";

/**
 * Puts the header's key, bare or in quotes, into the request's field for it, and returns the key that the request goes
 * out with; undefined for a method without such a field. Refuses a field that says something else. With neither, the
 * gateway makes a key: then a repeat by the mesh is still harmless, and the client may repeat with the key that it is told.
 */
export function applyIdempotencyKey(
  { method, idempotencyField: field }: Route,
  request: Message,
  headers: IncomingHttpHeaders,
): string | undefined {
  if (!field) return undefined;
  const target = reflect(method.input, request);
  const inRequest = String(target.get(field));
  const header = headers[HEADER.toLowerCase()];
  const key = header === undefined ? undefined : parseKey(String(header));
  if (key === undefined && inRequest !== "") return inRequest;
  if (key !== undefined && inRequest !== "" && inRequest !== key) {
    throw malformed([
      { field: field.jsonName, rule: "idempotency_key", message: `differs from the header ${HEADER}` },
    ]);
  }
  const chosen = key ?? randomUUID();
  target.set(field, chosen);
  return chosen;
}

function parseKey(header: string): string {
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (!UUID4.test(key))
    throw malformed([{ field: HEADER, rule: "uuid4", message: "must be a UUID of version 4" }]);
  return key.toLowerCase();
}

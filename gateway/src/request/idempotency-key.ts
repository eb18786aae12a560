import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { malformed } from "../errors/gateway-error.js";
import type { Route } from "../routes/route.js";

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const HEADER = "Idempotency-Key";

/**
 * Sets the request's key from the header, where it may be in quotes. Refuses a request whose field and header differ.
 * When it has neither, the gateway makes a key: then the mesh can still repeat the call, and the client too, since the
 * answer tells it the key. Returns the key that the request goes out with; undefined for a method without one.
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

import { type JsonValue, type Message, type Registry, toBinary } from "@bufbuild/protobuf";
import { GatewayError } from "../errors/gateway-error.js";
import { decodeMessage } from "../json/json-codec.js";
import { leastBytes } from "../json/least-bytes.js";
import type { Route, RouteMatch } from "../routes/route.js";
import { createPathBinder } from "./path-binding.js";
import { bindQuery, parseQuery } from "./query-binding.js";

/** Makes request messages of JSON: one of the body of a plain request, one of each line of a stream. */
export interface RequestBinder {
  /** Throws REQUEST_MALFORMED, and REQUEST_TOO_LARGE for what is above `maxBytes` by the count of its items alone. */
  message(body: JsonValue | undefined): Message;
  /** In Protobuf. Throws REQUEST_TOO_LARGE above `maxBytes`. */
  bytes(message: Message): Uint8Array;
}

/** Binds path and query of a request. Throws REQUEST_MALFORMED for what is wrong with them. */
export function bindRequest(
  { route, path, query }: RouteMatch,
  registry: Registry,
  maxBytes: number,
): RequestBinder {
  const { input } = route.method;
  const bindPath = createPathBinder(route, path, registry);
  const fromQuery = bindQuery(route, parseQuery(query));
  return {
    message: (body) => {
      if (body !== undefined && leastBytes(body) > maxBytes) throw tooLarge(maxBytes);
      const message = decodeMessage(input, withBody(route, fromQuery, body), registry);
      bindPath(message);
      return message;
    },
    bytes: (message) => {
      const bytes = toBinary(input, message);
      if (bytes.length > maxBytes) throw tooLarge(maxBytes);
      return bytes;
    },
  };
}

function withBody(
  route: Route,
  query: { readonly [key: string]: JsonValue },
  body: JsonValue | undefined,
): JsonValue {
  if (route.body === "*") return body === undefined ? {} : body;
  if (route.body === undefined || body === undefined) return query;
  return { ...query, [route.body.jsonName]: body };
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError("REQUEST_TOO_LARGE", `the request is larger than ${maxBytes} bytes`);
}

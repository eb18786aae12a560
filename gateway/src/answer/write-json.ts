import type { IncomingMessage, ServerResponse } from "node:http";
import { endAfter, isArriving } from "../http/linger.js";
import { JSON_TYPE } from "../http/media-type.js";

/** An answer of one JSON value. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers with JSON, which Node leaves out for HEAD. A client that is still sending gets to read the answer all the
 * same, and no further request comes over its connection.
 */
export function writeJson(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { status, body, headers }: JsonAnswer,
): void {
  const arriving = isArriving(request);
  response.writeHead(status, {
    ...headers,
    ...(arriving && { connection: "close" }),
    "content-type": JSON_TYPE,
    "content-length": String(Buffer.byteLength(body)),
  });
  if (!arriving) response.end(body);
  else {
    response.write(body);
    endAfter(request, response);
  }
}

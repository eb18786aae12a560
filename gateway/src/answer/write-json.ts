import type { IncomingMessage, ServerResponse } from "node:http";
import { endAfter } from "../http/linger.js";
import { JSON_TYPE } from "../http/media-type.js";

/** An answer of one JSON value. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with JSON; HEAD without its body. A client that is still sending gets to read the answer all the same. */
export function writeJson(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { status, body, headers }: JsonAnswer,
): void {
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, { ...headers, "content-type": JSON_TYPE, "content-length": length });
  const shown = request.method === "HEAD" ? undefined : body;
  if (request.complete) response.end(shown);
  else {
    if (shown) response.write(shown);
    endAfter(request, response);
  }
}

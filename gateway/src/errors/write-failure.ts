import type { IncomingMessage, ServerResponse } from "node:http";
import { writeJson } from "../answer/write-json.js";
import type { Failure } from "./failure.js";

/** Answers with a failure. Where an answer has begun already, its connection is cut: the client must not take it for whole. */
export function writeFailure(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { httpStatus, headers, body }: Failure,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const challenge = request.headers.authorization === undefined ? "Bearer" : 'Bearer error="invalid_token"';
  const more = { ...headers, ...(httpStatus === 401 && { "www-authenticate": challenge }) };
  writeJson({ request, response }, { status: httpStatus, body: JSON.stringify(body), headers: more });
}

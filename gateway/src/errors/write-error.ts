import type { IncomingMessage, ServerResponse } from "node:http";
import { writeJson } from "../answer/write-json.js";
import type { ErrorAnswer } from "./error-answer.js";

/** Answers with an error. An answer that has begun already is cut off, so that nobody takes it for complete. */
export function writeError(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { httpStatus, headers, body }: ErrorAnswer,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const challenge = request.headers.authorization === undefined ? "Bearer" : 'Bearer error="invalid_token"';
  const more = { ...headers, ...(httpStatus === 401 && { "www-authenticate": challenge }) };
  writeJson({ request, response }, { status: httpStatus, body: JSON.stringify(body), headers: more });
}

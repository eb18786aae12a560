import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "@theseus/kit";
import { isRedacted } from "@theseus/kit/contract";
import type { ErrorAnswer } from "../errors/error-answer.js";
import type { Route } from "../routes/route.js";

/** What the log says when the client did not wait for its answer. */
const CLIENT_GONE = 499;

/** One request, answered. */
export interface Access {
  readonly request: IncomingMessage;
  /** What the client got: 499 where it did not wait. */
  readonly status: number;
  readonly route: Route | undefined;
  readonly error: ErrorAnswer | undefined;
  readonly requestId: string;
  /** How many times the upstream was called anew for the rest of a stream. */
  readonly resumed: number;
  readonly ms: number;
}

export function statusOf(response: ServerResponse): number {
  return response.destroyed && !response.writableFinished ? CLIENT_GONE : response.statusCode;
}

/** One line a request: never its query, body or headers, and not its path where that holds a redacted field. */
export function logAccess(log: Log, access: Access): void {
  const { request, status, route, error, requestId, resumed } = access;
  log.info(
    {
      event: "request",
      request_id: requestId,
      method: request.method,
      path: pathOf(request, route),
      rpc: route?.rpc,
      status,
      code: error?.body.error.status,
      reason: error?.reason,
      resumed: resumed || undefined,
      ms: Math.round(access.ms * 10) / 10,
    },
    "request",
  );
}

function pathOf(request: IncomingMessage, route: Route | undefined): string {
  const secret = route?.variables.some(({ fields }) => fields.some(isRedacted));
  if (route && secret) return route.path;
  return (request.url ?? "").split("?", 1)[0]?.slice(0, 256) ?? "";
}

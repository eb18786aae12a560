import { Buffer } from "node:buffer";
import { decodeStatus, readDetails } from "@theseus/kit/contract";

/** One call that an instance has answered. */
export interface Call {
  /** ISO time of its beginning. */
  readonly time: string;
  /** `/package.Service/Method` */
  readonly method: string;
  /** `OK`, `NOT_FOUND`; without any answer `CANCELLED`. */
  readonly code: string;
  /** Of google.rpc.ErrorInfo; absent without one. */
  readonly reason?: string;
  readonly durationMs: number;
}

interface Line {
  readonly listener?: string;
  readonly route?: string;
  readonly status?: number;
  readonly time?: string;
  readonly path?: string;
  readonly grpc_status?: string;
  readonly duration_ms?: number;
  readonly status_details?: string;
  readonly status_details_alone?: string;
}

/** A line of a sidecar's access log that tells of a call by another sidecar; undefined for any other line. */
export function readCall(text: string): Call | undefined {
  const line = parse(text);
  if (line?.listener !== "mesh" || line.path === undefined || line.time === undefined) return undefined;
  const details = line.status_details ?? line.status_details_alone;
  const reason = details === undefined ? undefined : reasonIn(details);
  return {
    time: line.time,
    method: line.path,
    code: line.grpc_status ?? "CANCELLED",
    durationMs: line.duration_ms ?? 0,
    ...(reason !== undefined && { reason }),
  };
}

/** A line that tells of a request at the edge; its method is its route's, and its code the HTTP status. */
export function readEdgeRequest(text: string): Call | undefined {
  const line = parse(text);
  if (line?.listener !== "edge" || line.time === undefined) return undefined;
  return {
    time: line.time,
    method: line.route ?? "",
    code: String(line.status ?? 0),
    durationMs: line.duration_ms ?? 0,
  };
}

function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

/** What is cut off at its end has no reason that could be trusted. */
function reasonIn(base64: string): string | undefined {
  const status = decodeStatus(Buffer.from(base64, "base64"));
  return status && readDetails(status.details).reason;
}

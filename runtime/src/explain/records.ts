import { decodeStatus, readDetails, type Violation } from "@theseus/kit/contract";
import { parseJsonLine } from "../process/json-line.js";
import { linesWith, logFiles } from "./log-files.js";

/** What a sidecar has logged of one request, or of one attempt that reached it. */
export interface AccessRecord {
  readonly kind: "access";
  /** Whose sidecar it is: `orders-1`. */
  readonly instance: string;
  /** `edge`, `mesh` and `developer` are ways in; `outbound` is its application's way out. */
  readonly listener: string;
  /** When it began, in milliseconds since 1970. */
  readonly beganMs: number;
  readonly durationMs: number;
  /** `POST` */
  readonly method: string;
  /** `/package.Service/Method`, or a path of HTTP without its query. */
  readonly path: string;
  /** The method of the contract, as its route is named; `application` where the sidecar knows none. */
  readonly route: string;
  /** Of HTTP; 0 where nothing was answered. */
  readonly status: number;
  /** `NOT_FOUND`; absent for HTTP, and where nothing was answered. */
  readonly code?: string;
  /** Of google.rpc.ErrorInfo. */
  readonly reason?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly Violation[];
  /** Envoy's response flags, such as `UH`; empty without any. */
  readonly flags: string;
  /** Envoy's response code details: `via_upstream`, `no_healthy_upstream`. */
  readonly details: string;
  /** SPIFFE id of whoever called. */
  readonly peer?: string;
  /** Cluster: another workload, or the application. */
  readonly upstream?: string;
  readonly upstreamHost?: string;
  readonly attempts: number;
  readonly traceparent?: string;
  /** What was left of the deadline, as the caller said it: `1990m`. */
  readonly grpcTimeout?: string;
  /** What runs behind the sidecar: `go@4f1c2ab90d12`. */
  readonly implementation?: string;
  readonly requestId: string;
}

/** A line of an application's own log. */
export interface ApplicationRecord {
  readonly kind: "application";
  readonly instance: string;
  /** When it was written, in milliseconds since 1970. */
  readonly atMs: number;
  readonly level: string;
  readonly event: string;
  /** The call that the line is about: `/package.Service/Method`. */
  readonly method?: string;
  readonly code?: string;
  readonly reason?: string;
  /** How long the call took there. */
  readonly ms?: number;
  readonly message: string;
  readonly requestId: string;
  /** What else it says: the subject of the line, in the words of the service. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export type LogRecord = AccessRecord | ApplicationRecord;

/** Fields of a line that have a place of their own in a record, and those that say whose line it is. */
const PLACED = new Set(
  "time level event msg err request_id trace_id name method rpc code reason ms caller".split(" "),
);

/** A trace id of the W3C: 32 hexadecimal digits. */
const TRACE_ID = /^[0-9a-f]{32}$/;

/**
 * All that sidecars and applications have logged of a request, in the order of time; files that were moved away when they
 * were full are read too. What is no JSON is left out.
 *
 * @param id  of the request, or of the trace that it is part of; or any other text that lines have
 */
export function readRecords(folder: string, id: string): readonly LogRecord[] {
  const found = recordsWith(folder, [id]);
  if (!TRACE_ID.test(id)) return found;
  // The edge's own line has no trace id where the client brought none.
  return recordsWith(folder, [...new Set(found.map(({ requestId }) => requestId))]);
}

/** The same of several requests. */
export function readRequests(folder: string, ids: readonly string[]): readonly LogRecord[] {
  return ids.length === 0 ? [] : recordsWith(folder, ids);
}

function recordsWith(folder: string, ids: readonly string[]): readonly LogRecord[] {
  const records = logFiles(folder)
    .filter(({ kind }) => kind !== "hosts")
    .flatMap(({ path, instance, kind }) =>
      linesWith(path, ids).flatMap(
        (line) => (kind === "access" ? readAccess : readApplication)(line, instance) ?? [],
      ),
    );
  return records.sort((a, b) => timeOf(a) - timeOf(b));
}

export function timeOf(record: LogRecord): number {
  return record.kind === "access" ? record.beganMs : record.atMs - (record.ms ?? 0);
}

function readAccess(text: string, instance: string): AccessRecord | undefined {
  const line = parseJsonLine(text);
  if (line === undefined) return undefined;
  const base64 = textOf(line.status_details) ?? textOf(line.status_details_alone);
  const status = base64 === undefined ? undefined : decodeStatus(Buffer.from(base64, "base64"));
  const { reason, metadata = {}, violations = [] } = status === undefined ? {} : readDetails(status.details);
  return {
    ...{ kind: "access", instance, metadata, violations },
    listener: textOf(line.listener) ?? "",
    beganMs: Date.parse(textOf(line.time) ?? ""),
    durationMs: Number(line.duration_ms ?? 0),
    method: textOf(line.method) ?? "",
    path: textOf(line.path) ?? "",
    route: textOf(line.route) ?? "",
    status: Number(line.status ?? 0),
    flags: line.flags === "-" ? "" : (textOf(line.flags) ?? ""),
    details: textOf(line.details) ?? "",
    attempts: Number(line.attempts ?? 0),
    requestId: textOf(line.request_id) ?? "",
    ...optional("code", line.grpc_status),
    ...optional("reason", reason),
    ...optional("peer", line.peer),
    ...optional("upstream", line.upstream),
    ...optional("upstreamHost", line.upstream_host),
    ...optional("traceparent", line.traceparent),
    ...optional("grpcTimeout", line.grpc_timeout),
    ...optional("implementation", line.implementation),
  };
}

function readApplication(text: string, instance: string): ApplicationRecord | undefined {
  const line = parseJsonLine(text);
  if (line === undefined) return undefined;
  const failure = line.err as { readonly message?: unknown } | string | undefined;
  return {
    ...{ kind: "application", instance },
    atMs: Date.parse(textOf(line.time) ?? ""),
    level: textOf(line.level) ?? "info",
    event: textOf(line.event) ?? "",
    message: [textOf(line.msg), typeof failure === "object" ? textOf(failure.message) : textOf(failure)]
      .filter((each) => each !== undefined)
      .join(": "),
    requestId: textOf(line.request_id) ?? "",
    facts: Object.fromEntries(Object.entries(line).filter(([field]) => !PLACED.has(field))),
    ...optional("method", methodOf(line)),
    ...optional("code", line.code),
    ...optional("reason", line.reason),
    ...(typeof line.ms === "number" && { ms: line.ms }),
  };
}

/** Lines about a request of HTTP name its method of the contract beside it, if there is one. */
function methodOf({ rpc, method }: Readonly<Record<string, unknown>>): string | undefined {
  return textOf(rpc) ?? (textOf(method)?.startsWith("/") ? textOf(method) : undefined);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function optional<K extends string>(key: K, value: unknown): { readonly [P in K]?: string } {
  return (typeof value === "string" ? { [key]: value } : {}) as { readonly [P in K]?: string };
}

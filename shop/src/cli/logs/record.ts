import { SERVER_FAULTS } from "@theseus/kit/server-faults";
import { parseJsonLine } from "@theseus/runtime/control";

/** One line of a log. */
export interface LogLine {
  /** Whose it is: `inventory-1`, `inventory-1-access`. */
  readonly name: string;
  /** As it was written. */
  readonly text: string;
  /** What it says; undefined for a line that is no JSON. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  /** In milliseconds since 1970; that of the line before where it says none. */
  readonly atMs: number;
}

export const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type Level = (typeof LEVELS)[number];

/** Which lines are shown. */
export interface Wanted {
  /** Id of a request, or of the trace that it is part of. */
  readonly request?: string;
  /** In milliseconds since 1970. */
  readonly sinceMs?: number;
  /** This one and what is worse. */
  readonly level?: Level;
  readonly grep?: RegExp;
}

export function parseLines(name: string, texts: readonly string[], lastMs = 0): readonly LogLine[] {
  let beforeMs = lastMs;
  return texts.map((text) => {
    const fields = parseJsonLine(text);
    const time = Date.parse(String(fields?.time ?? fields?.timestamp ?? ""));
    const atMs = Number.isNaN(time) ? beforeMs : time;
    beforeMs = atMs;
    return { name, text, fields, atMs };
  });
}

export function isWanted({ text, fields, atMs }: LogLine, wanted: Wanted): boolean {
  const { request, sinceMs, level, grep } = wanted;
  if (request !== undefined && !isOf(fields, request)) return false;
  if (sinceMs !== undefined && atMs < sinceMs) return false;
  if (level !== undefined && LEVELS.indexOf(levelOf(fields)) < LEVELS.indexOf(level)) return false;
  return grep === undefined || grep.test(text);
}

function isOf(fields: LogLine["fields"], id: string): boolean {
  const { request_id, trace_id, traceparent } = fields ?? {};
  return request_id === id || trace_id === id || String(traceparent ?? "").split("-")[1] === id;
}

/** Sidecars give their access logs no level: a fault of the server is a warning. */
export function levelOf(fields: LogLine["fields"]): Level {
  const { level, listener, status, grpc_status } = fields ?? {};
  const said = LEVELS.find((each) => each === level);
  if (said !== undefined || listener === undefined) return said ?? "info";
  return Number(status) >= 500 || SERVER_FAULTS.has(String(grpc_status ?? "")) ? "warn" : "info";
}

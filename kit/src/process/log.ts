import { type DestinationStream, destination, type LogFn, type Logger, pino } from "pino";
import type { Telemetry } from "../telemetry/telemetry.js";
import { boundLine } from "./bound-line.js";
import { redactedFields, scrub } from "./redaction.js";

/** JSON lines: time in ISO, level as a word, name, message. */
export type Log = Logger;

/** How much to say. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** What createLog takes. */
export interface LogOptions {
  readonly level: LogLevel;
  /** The process's name in each line. */
  readonly name: string;
  /** Where lines go; stdout when absent. */
  readonly destination?: DestinationStream;
  /** Who is told of each line besides. */
  readonly telemetry?: Telemetry;
}

/**
 * A log of JSON lines. Fields that the contract marks `debug_redact`, and headers that carry credentials, are
 * replaced by `[redacted]` up to two levels deep; in texts of errors, so are e-mail addresses and passwords in URLs.
 * Texts and lines have bounded lengths.
 */
export function createLog(options: LogOptions): Log {
  const names = redactedFields();
  const output = options.destination ?? standardOutput();
  const { telemetry } = options;
  return pino(
    {
      level: options.level,
      base: { name: options.name },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: names.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: "[redacted]",
      },
      hooks: {
        logMethod(args, method) {
          method.apply(this, withCleanText(args));
        },
      },
      serializers: { err: (error: unknown) => describeError(error) },
    },
    {
      write(line) {
        const bounded = boundLine(line);
        output.write(bounded);
        telemetry?.record(bounded);
      },
    },
  );
}

/** Lines wait, up to 1 MiB of them, while its disk is full; a process does not end because it cannot log. */
function standardOutput(): DestinationStream {
  const output = destination({ dest: 1, sync: true, maxLength: 1 << 20 });
  output.on("error", () => undefined);
  return output;
}

/** Where a line has no text of its own, pino takes the error's, which has to be cleaned as well. */
function withCleanText(args: Parameters<LogFn>): Parameters<LogFn> {
  const [first, text, ...rest]: readonly unknown[] = args;
  const fields: unknown = first instanceof Error ? { err: first } : first;
  const error = typeof fields === "object" && fields !== null && "err" in fields ? fields.err : undefined;
  const message = text ?? (error instanceof Error ? error.message : undefined);
  return [fields, message, ...rest].map((arg) =>
    typeof arg === "string" ? scrub(arg) : arg,
  ) as Parameters<LogFn>;
}

interface ErrorLine {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: ErrorLine;
}

/** An error without the properties that database drivers add: they hold users' data. */
function describeError(thrown: unknown, depth = 0): ErrorLine {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: scrub(String(thrown)) };
  const code = "code" in thrown && (typeof thrown.code === "string" || typeof thrown.code === "number");
  return {
    type: thrown.name,
    message: scrub(thrown.message),
    ...(code && { code: thrown.code as string | number }),
    ...(thrown.stack !== undefined && { stack: scrub(thrown.stack) }),
    ...(thrown.cause !== undefined && depth < 4 && { cause: describeError(thrown.cause, depth + 1) }),
  };
}

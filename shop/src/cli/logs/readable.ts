import { styleText } from "node:util";
import { printable } from "@theseus/runtime/explain";
import { type Level, type LogLine, levelOf } from "./record.js";

const COLOURS: Readonly<Record<Level, "gray" | "green" | "yellow" | "red">> = {
  trace: "gray",
  debug: "gray",
  info: "green",
  warn: "yellow",
  error: "red",
  fatal: "red",
};

/** Said elsewhere in the line, or of no use to people. */
const LEFT_OUT = new Set([
  ...["time", "level", "name", "msg", "event", "request_id", "trace_id", "traceparent", "err"],
  ...["method", "path", "rpc", "route", "code", "status", "grpc_status", "reason", "ms", "duration_ms"],
  ...[
    "listener",
    "status_details",
    "status_details_alone",
    "bytes_in",
    "bytes_out",
    "request_ms",
    "response_ms",
  ],
]);

export interface Look {
  /** Of the column of names. */
  readonly width: number;
  readonly isColoured: boolean;
}

/** `22:11:23.661 inventory-1   info  call GetItem NOT_FOUND ITEM_NOT_FOUND 6.5 ms caller=gateway request=48d2370e-…` */
export function showLine(line: LogLine, { width, isColoured }: Look): string {
  const { name, fields, text, atMs } = line;
  const paint = (colour: Parameters<typeof styleText>[0], what: string) =>
    isColoured ? styleText(colour, what) : what;
  const time = atMs === 0 ? "" : new Date(atMs).toISOString().slice(11, 23);
  const level = levelOf(fields);
  const start = `${paint("gray", time.padEnd(12))} ${name.padEnd(width)} ${paint(COLOURS[level], level.padEnd(5))}`;
  if (fields === undefined) return `${start} ${printable(text)}`;
  const said = [
    fields.listener ?? fields.event,
    callOf(fields),
    answerOf(fields),
    fields.msg,
    problemOf(fields),
  ];
  const rest = Object.entries(fields)
    .filter(([key, value]) => !LEFT_OUT.has(key) && value !== "-")
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const request = fields.request_id === undefined ? [] : [`request=${fields.request_id}`];
  const words = [...new Set(said.filter((each) => each !== undefined && each !== "").map(String))];
  const more = printable([...rest, ...request].join(" "));
  return [start, printable(words.join(" ")), more === "" ? "" : paint("gray", more)]
    .filter(Boolean)
    .join(" ");
}

/** `GetItem`, or `GET /v1/items/rope` */
function callOf({ path, rpc, method }: Readonly<Record<string, unknown>>): string | undefined {
  const called = [rpc, path, method].find((each) => /^\/[\w.]+\.\w+\/\w+$/.test(String(each)));
  const isHttp = typeof path === "string" && path !== called;
  if (isHttp) return `${method} ${path}`;
  return called === undefined ? undefined : String(called).slice(String(called).lastIndexOf("/") + 1);
}

function answerOf(fields: Readonly<Record<string, unknown>>): string | undefined {
  const { code, status, grpc_status, reason, ms, duration_ms } = fields;
  const took = ms ?? duration_ms;
  const answers = [grpc_status ?? code ?? status, reason, took === undefined ? undefined : `${took} ms`];
  const said = answers.filter((each) => each !== undefined).join(" ");
  return said === "" ? undefined : said;
}

function problemOf({ err }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof err === "string") return err;
  const { message } = (err ?? {}) as { readonly message?: unknown };
  return typeof message === "string" ? message : undefined;
}

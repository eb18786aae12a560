import {
  type LogLevel,
  parseEnv,
  telemetryVariables,
  type Values,
  type Variable,
  variable,
} from "@theseus/kit";
import { isPassable } from "./request/request-headers.js";

const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

const SHAPE = {
  listen: variable.listen("LISTEN"),
  upstream: variable.address("MESH"),
  descriptorSet: variable.file("DESCRIPTOR_SET", { optional: true }),
  logLevel: variable.oneOf("LOG_LEVEL", LEVELS, { default: "info" }),
  maxBodyBytes: variable.integer("MAX_BODY_BYTES", {
    min: 1024,
    max: 256 * 1024 * 1024,
    default: 4 * 1024 * 1024,
  }),
  /** JSON values in a body, or in a line of a stream. */
  maxValues: variable.integer("MAX_VALUES", { min: 100, max: 10_000_000, default: 100_000 }),
  /** Of a call whose method has no timeout of its own. */
  timeoutMs: variable.duration("TIMEOUT", { default: 10_000 }),
  heartbeatMs: variable.duration("HEARTBEAT", { default: 15_000 }),
  /** Without a message, of a stream whose call is lost. */
  resumeMs: variable.duration("RESUME_TIMEOUT", { default: 10_000 }),
  bodyMs: variable.duration("BODY_TIMEOUT", { default: 30_000 }),
  drainMs: variable.duration("DRAIN_TIMEOUT", { default: 8000 }),
  /** Calls with one message out and one in, at a time. */
  maxCalls: variable.integer("MAX_CALLS", { min: 1, max: 100_000, default: 1000 }),
  /** Calls of any other shape, at a time: they may stay open for long. */
  maxStreams: variable.integer("MAX_STREAMS", { min: 1, max: 100_000, default: 2500 }),
  maxStreamsPerClient: variable.integer("MAX_STREAMS_PER_CLIENT", { min: 1, max: 100_000, default: 100 }),
  passedHeaders: headerNames("PASS_HEADERS"),
  telemetry: telemetryVariables(),
} as const;

/** A gateway's settings. */
export type Config = Values<typeof SHAPE>;

/** Reads the environment. Throws ConfigError with all its faults. */
export function parseConfig(env: NodeJS.ProcessEnv): Config {
  return parseEnv(env, SHAPE);
}

/** Header names separated by commas. None may be about connections, identity or gRPC. */
function headerNames(name: string): Variable<readonly string[]> {
  return {
    names: [name],
    read: (env) => {
      const given = env[name] ?? "";
      const names = given
        .toLowerCase()
        .split(",")
        .map((each) => each.trim())
        .filter((each) => each !== "");
      const refused = names.filter((each) => !isPassable(each));
      if (refused.length === 0) return { value: names };
      return { faults: [{ variable: name, given, problem: `${refused.join(", ")} cannot be passed on` }] };
    },
  };
}

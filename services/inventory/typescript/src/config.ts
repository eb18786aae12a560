import {
  type Identity,
  identityVariables,
  type LogLevel,
  orPrivateFile,
  parseEnv,
  type Rereading,
  rereading,
  standbyVariable,
  type TelemetryOptions,
  telemetryVariables,
  variable,
} from "@theseus/kit";

export interface Config {
  readonly listen: string;
  readonly redisUrl: Rereading<string>;
  /** Who callers and end users are; undefined when the process knows nobody. */
  readonly identity: Identity | undefined;
  /** While there is a file at this path, the process is in standby. */
  readonly standbyFile: string | undefined;
  readonly logLevel: LogLevel;
  /** Undefined: nobody is told of calls. */
  readonly telemetry: TelemetryOptions | undefined;
}

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

export function parseConfig(env: NodeJS.ProcessEnv): Config {
  return parseEnv(env, {
    listen: variable.listen("LISTEN"),
    redisUrl: rereading(orPrivateFile(variable.url("REDIS_URL", { schemes: ["redis", "rediss", "unix"] }))),
    identity: identityVariables({ optional: true }),
    standbyFile: standbyVariable("LAUNCH_STANDBY_FILE"),
    logLevel: variable.oneOf("LOG_LEVEL", LOG_LEVELS, { default: "info" }),
    telemetry: telemetryVariables(),
  });
}

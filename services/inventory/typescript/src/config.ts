import {
  type Identity,
  identityVariables,
  type LogLevel,
  orPrivateFile,
  parseEnv,
  variable,
} from "@theseus/kit";

export interface Config {
  readonly listen: string;
  readonly redisUrl: string;
  /** Who callers and end users are; undefined when the process knows nobody. */
  readonly identity: Identity | undefined;
  readonly logLevel: LogLevel;
}

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

export function parseConfig(env: NodeJS.ProcessEnv): Config {
  return parseEnv(env, {
    listen: variable.listen("LISTEN"),
    redisUrl: orPrivateFile(variable.url("REDIS_URL", { schemes: ["redis", "rediss", "unix"] })),
    identity: identityVariables({ optional: true }),
    logLevel: variable.oneOf("LOG_LEVEL", LOG_LEVELS, { default: "info" }),
  });
}

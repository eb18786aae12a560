import { type LogLevel, parseEnv, type Variable, variable } from "@theseus/kit";
import { MongoClient } from "mongodb";

export interface Config {
  readonly listen: string;
  /** The sidecar's outbound address. */
  readonly mesh: string;
  readonly mongodbUrl: string;
  /** How old unfinished work must be before recovery takes it up: above the longest that a call works on it. */
  readonly recoverAfterMs: number;
  readonly logLevel: LogLevel;
}

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

export function readConfig(env: NodeJS.ProcessEnv): Config {
  return parseEnv(env, {
    listen: variable.listen("LISTEN"),
    mesh: variable.address("MESH"),
    mongodbUrl: databaseUrl("MONGODB_URL"),
    recoverAfterMs: variable.integer("RECOVER_AFTER_MS", { min: 0, max: 3_600_000, default: 20_000 }),
    logLevel: variable.oneOf("LOG_LEVEL", LEVELS, { default: "info" }),
  });
}

/** Several hosts are no URL to the platform's parser, so the driver's own decides. Never echoed. */
function databaseUrl(name: string): Variable<string> {
  const text = variable.text(name);
  const problem = "must be mongodb://host:port/database, with a database and options that the driver knows";
  return {
    names: text.names,
    read: (env) => {
      const reading = text.read(env);
      return "faults" in reading || isDatabaseUrl(reading.value)
        ? reading
        : { faults: [{ variable: name, problem }] };
    },
  };
}

function isDatabaseUrl(text: string): boolean {
  if (!/^mongodb(\+srv)?:\/\/[^/]+\/[^/?]+/.test(text)) return false;
  try {
    return new MongoClient(text).options.hosts !== undefined;
  } catch {
    return false;
  }
}

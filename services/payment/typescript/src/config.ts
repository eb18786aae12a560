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
import { mongodbUrl } from "@theseus/mongo";

export interface Config {
  readonly listen: string;
  /** The sidecar's outbound address. */
  readonly mesh: string;
  readonly mongodbUrl: Rereading<string>;
  /** How old unfinished work must be before the recovery takes it up, in ms: longer than any call works on it. */
  readonly recoverAfterMs: number;
  /** Who callers and end users are; undefined when the process knows nobody. */
  readonly identity: Identity | undefined;
  /** While there is a file at this path, the process is in standby. */
  readonly standbyFile: string | undefined;
  readonly logLevel: LogLevel;
  /** Undefined: nobody is told of calls. */
  readonly telemetry: TelemetryOptions | undefined;
}

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

export function parseConfig(env: NodeJS.ProcessEnv): Config {
  return parseEnv(env, {
    listen: variable.listen("LISTEN"),
    mesh: variable.address("MESH"),
    mongodbUrl: rereading(orPrivateFile(mongodbUrl("MONGODB_URL"))),
    recoverAfterMs: variable.integer("RECOVER_AFTER_MS", { min: 0, max: 3_600_000, default: 20_000 }),
    identity: identityVariables({ optional: true }),
    standbyFile: standbyVariable("LAUNCH_STANDBY_FILE"),
    logLevel: variable.oneOf("LOG_LEVEL", LEVELS, { default: "info" }),
    telemetry: telemetryVariables(),
  });
}

import {
  allOf,
  type Identity,
  identityVariables,
  type LogLevel,
  orPrivateFile,
  parseEnv,
  privateFile,
  type Rereading,
  rereading,
  sameForSame,
  standbyVariable,
  type TelemetryOptions,
  telemetryVariables,
  type Variable,
  variable,
} from "@theseus/kit";
import { mongodbUrl } from "@theseus/mongo";
import { type BootstrapAdmin, parseBootstrapAdmin } from "./bootstrap-admin.js";
import { PASSWORD_COST } from "./passwords/password-hash.js";
import type { TokenOptions } from "./tokens/access-token.js";
import { parseSigningKeys, type SigningKeys } from "./tokens/signing-keys.js";

export interface Config {
  readonly listen: string;
  readonly mongodbUrl: Rereading<string>;
  /** Replaced while the process runs. */
  readonly signingKeys: Rereading<SigningKeys>;
  readonly bootstrapAdmin: BootstrapAdmin | undefined;
  /** Of new password hashes: the binary logarithm of scrypt's N. */
  readonly passwordCost: number;
  /** Who callers and end users are. */
  readonly identity: Identity;
  readonly tokens: TokenOptions;
  /** While there is a file at this path, the process is in standby. */
  readonly standbyFile: string | undefined;
  readonly logLevel: LogLevel;
  /** Undefined: nobody is told of calls. */
  readonly telemetry: TelemetryOptions | undefined;
}

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** Throws ConfigError with all that is wrong. */
export function parseConfig(env: NodeJS.ProcessEnv): Config {
  return parseEnv(env, {
    listen: variable.listen("LISTEN"),
    mongodbUrl: rereading(orPrivateFile(mongodbUrl("MONGODB_URL"))),
    signingKeys: rereading(privateFile("SIGNING_KEYS", sameForSame(parseSigningKeys))),
    bootstrapAdmin: optional("BOOTSTRAP_ADMIN", privateFile("BOOTSTRAP_ADMIN", parseBootstrapAdmin)),
    passwordCost: variable.integer("PASSWORD_COST", PASSWORD_COST),
    identity: identityVariables(),
    tokens: allOf({
      issuer: variable.text("TOKEN_ISSUER"),
      audience: variable.text("TOKEN_AUDIENCE"),
    }),
    standbyFile: standbyVariable("LAUNCH_STANDBY_FILE"),
    logLevel: variable.oneOf("LOG_LEVEL", LEVELS, { default: "info" }),
    telemetry: telemetryVariables(),
  });
}

function optional<T>(name: string, inner: Variable<T>): Variable<T | undefined> {
  return {
    names: inner.names,
    read: (env) => ((env[name] ?? "") === "" ? { value: undefined } : inner.read(env)),
  };
}

import { readFileSync } from "node:fs";
import {
  allOrNone,
  type LogLevel,
  parseEnv,
  type ServeOptions,
  type TelemetryOptions,
  telemetryVariables,
  variable,
} from "@theseus/kit";

export interface Config {
  readonly listen: string;
  /** Path of the ledger file, which is created when it is missing. */
  readonly ledger: string;
  readonly tls: ServeOptions["tls"];
  readonly logLevel: LogLevel;
  /** Undefined: nobody is told of calls. */
  readonly telemetry: TelemetryOptions | undefined;
}

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

export function parseConfig(env: NodeJS.ProcessEnv): Config {
  const { tls, ...rest } = parseEnv(env, {
    listen: variable.listen("LISTEN"),
    ledger: variable.text("LEDGER"),
    logLevel: variable.oneOf("LOG_LEVEL", LEVELS, { default: "info" }),
    telemetry: telemetryVariables(),
    tls: allOrNone({
      certificate: variable.file("TLS_CERT"),
      key: variable.file("TLS_KEY", { secret: true }),
      clientCa: variable.file("TLS_CLIENT_CA"),
    }),
  });
  return {
    ...rest,
    tls: tls && {
      certificate: readFileSync(tls.certificate),
      key: readFileSync(tls.key),
      clientCa: readFileSync(tls.clientCa),
    },
  };
}

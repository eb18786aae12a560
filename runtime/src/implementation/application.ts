import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { HealthCheck } from "../process/health-watch.js";
import { inheritedEnvironment } from "../process/inherited-environment.js";
import type { ProcessSpec, Ready } from "../process/process-spec.js";
import type { Implementation } from "./implementation.js";
import { telemetryEnvironment } from "./telemetry-environment.js";

interface ApplicationOptions {
  readonly name: string;
  readonly implementation: Implementation;
  /** `unix:/path` or `127.0.0.1:4711` */
  readonly listen: string;
  /** What the launch protocol hands it besides LISTEN and LOG_LEVEL. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whether it is well while it runs. Absent: nobody asks. */
  readonly healthCheck?: HealthCheck;
  readonly logs: string;
  readonly env: NodeJS.ProcessEnv;
}

/** An implementation as a process, by the launch protocol. */
export function applicationProcess(options: ApplicationOptions): ProcessSpec {
  const { name, implementation, listen, variables, healthCheck, logs, env } = options;
  const { LOG_LEVEL: level } = env;
  return {
    name,
    command: implementation.run,
    cwd: implementation.folder,
    env: {
      ...inheritedEnvironment(env),
      ...(level ? { LOG_LEVEL: level } : {}),
      ...telemetryEnvironment(env, implementation, name),
      ...variables,
      LISTEN: listen,
    },
    readyWhen: { line: listeningLine },
    readyWithinMs: 60_000,
    stopWithinMs: 12_000,
    ...(healthCheck === undefined ? {} : { healthCheck }),
    logFile: join(logs, `${name}.log`),
    prepare() {
      if (!listen.startsWith("unix:")) return;
      const socket = listen.slice("unix:".length);
      mkdirSync(join(socket, ".."), { recursive: true, mode: 0o700 });
      rmSync(socket, { force: true });
    },
  };
}

/** `{"event":"listening","address":…,"version":…}` */
export function listeningLine(line: string): Ready | undefined {
  if (!line.includes('"listening"')) return undefined;
  try {
    const { event, address, version } = JSON.parse(line) as Record<string, unknown>;
    if (event !== "listening" || typeof address !== "string") return undefined;
    return { address, ...(typeof version === "string" ? { version } : {}) };
  } catch {
    return undefined;
  }
}

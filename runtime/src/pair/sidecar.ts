import { mkdirSync, rmSync } from "node:fs";
import { type SidecarOptions, sidecarBootstrap } from "@theseus/mesh/envoy";
import { inheritedEnvironment } from "../process/inherited-environment.js";
import type { ProcessSpec } from "../process/process-spec.js";
import { replaceJson } from "./directory.js";
import { isLive } from "./envoy-admin.js";
import { answersHttp } from "./health-checks.js";
import type { InstancePaths } from "./instance-paths.js";
import { usedUpWatches } from "./used-up-watches.js";

interface SidecarProcessOptions {
  readonly name: string;
  readonly envoy: { readonly file: string; readonly version: string };
  /** Asked before each start. */
  sidecar(): Promise<SidecarOptions>;
  readonly paths: InstancePaths;
  readonly logFile: string;
  readonly env: NodeJS.ProcessEnv;
}

/** One instance's Envoy. Its files are written anew at each start. */
export function sidecarProcess(options: SidecarProcessOptions): ProcessSpec {
  const { name, envoy, paths, logFile, env } = options;
  return {
    name,
    command: [
      envoy.file,
      ...["--config-path", paths.bootstrap, "--concurrency", "1", "--disable-hot-restart"],
      ...["--log-level", "warning", "--drain-time-s", "5", "--file-flush-interval-msec", "500"],
    ],
    cwd: paths.folder,
    env: inheritedEnvironment(env),
    readyWhen: {
      probe: async () =>
        (await isLive(paths.admin)) ? { address: `unix:${paths.mesh}`, version: envoy.version } : undefined,
    },
    healthCheck: answersHttp(paths.admin, "/ready"),
    explain: usedUpWatches,
    readyWithinMs: 30_000,
    stopWithinMs: 8_000,
    logFile,
    async prepare() {
      mkdirSync(paths.xds, { recursive: true, mode: 0o700 });
      for (const socket of [paths.admin, paths.mesh, paths.developer]) rmSync(socket, { force: true });
      replaceJson(paths.bootstrap, sidecarBootstrap(await options.sidecar()));
    },
  };
}

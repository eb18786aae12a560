import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listeningLine } from "../implementation/application.js";
import type { Pair } from "../pair/pair.js";
import { inheritedEnvironment } from "../process/inherited-environment.js";
import type { ProcessSpec } from "../process/process-spec.js";
import { replaceFile } from "../process/replace-file.js";
import type { SystemContext } from "../system/context.js";

export interface Compared {
  readonly old: readonly Pair[];
  readonly candidate: Pair;
  readonly saveCases?: string;
}

/** Its process, in the state file and in the logs. */
export const comparerName = "shadow";

/** Where the comparer has its files. */
export function comparerPaths(run: string) {
  const folder = join(run, comparerName);
  return {
    folder,
    contract: join(folder, "contract.binpb"),
    config: join(folder, "config.json"),
    report: join(folder, "report.sock"),
  };
}

type Context = Pick<SystemContext, "home" | "checkout" | "run" | "env" | "topology" | "contract">;

/** The comparer as a process; its files are written when it starts. */
export function comparerProcess(
  context: Context,
  command: readonly [string, ...string[]],
  compared: Compared,
): ProcessSpec {
  const { home, checkout, run, env } = context;
  const paths = comparerPaths(run);
  return {
    name: comparerName,
    command: [...command, paths.config],
    cwd: checkout,
    env: inheritedEnvironment(env),
    readyWhen: { line: listeningLine },
    readyWithinMs: 30_000,
    stopWithinMs: 10_000,
    logFile: join(home.logs, `${comparerName}.log`),
    prepare() {
      rmSync(paths.folder, { recursive: true, force: true });
      mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
      writeFileSync(paths.contract, context.contract, { mode: 0o600 });
      replaceFile(paths.config, JSON.stringify(comparerConfig(context, compared), null, 2));
    },
  };
}

function comparerConfig({ run, topology }: Context, { old, candidate, saveCases }: Compared) {
  const { contract, report } = comparerPaths(run);
  return {
    contract,
    report,
    services: candidate.instance.workload.services,
    old: old.map(({ paths }) => ({ mirror: paths.shadow, application: paths.app })),
    candidate: candidate.paths.app,
    adminRole: topology.identity.adminRole,
    edges: topology.workloads.filter(({ services }) => services.length === 0).map(({ name }) => name),
    ...(saveCases !== undefined && { saveCases }),
  };
}

import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { Fault } from "../fault.js";
import { runCommand } from "../provision/command.js";
import type { Implementation } from "./implementation.js";

/** How a build is run. */
export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** True for one beside which something serves. Default: false. */
  readonly inBackground?: boolean;
}

/**
 * Runs the `build` of implementations one after the other, each different command once. `built` names languages that need
 * no build. One fault lists all that failed.
 */
export async function buildAll(
  all: readonly Implementation[],
  built: readonly string[],
  options: BuildOptions,
): Promise<number> {
  const needed = all.filter(({ build, language }) => build !== undefined && !built.includes(language));
  const different = new Map(needed.map((implementation) => [commandKey(implementation), implementation]));
  const faults: Fault[] = [];
  for (const implementation of different.values()) {
    try {
      await buildImplementation(implementation, options);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(error);
    }
  }
  const [first] = faults;
  if (first === undefined) return different.size;
  throw new Fault(faults.map(({ problem }) => problem).join("\n"), first.remedy);
}

/** Two commands are the same when they name the same files; one that names no file belongs to its folder alone. */
function commandKey({ build = [""], folder }: Implementation): string {
  const parts = build.map((part) => (existsSync(resolve(folder, part)) ? resolve(folder, part) : part));
  return [...parts, ...(parts.some(isAbsolute) ? [] : [folder])].join("\0");
}

/** Builds one implementation by its own command. */
export async function buildImplementation(
  { name, language, build, folder }: Implementation,
  options: BuildOptions,
) {
  if (build === undefined) return;
  const [program, ...args] = build;
  const file = program === "node" ? process.execPath : program;
  const result = await runCommand(file, args, { ...options, cwd: folder });
  options.signal?.throwIfAborted();
  if (result.code === 0) return;
  const said = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-15).join("\n    ");
  throw new Fault(
    `Building ${name} (${language}) failed: ${build.join(" ")} in ${folder} said:\n    ${said}`,
    "Put that right and start again (`npm run toolchains` says what is missing), or choose another implementation (--impl).",
  );
}

import { execFile } from "node:child_process";
import { constants as access, accessSync, statSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { delimiter, join } from "node:path";

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short command to its end; a command that cannot be started has code 127. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal | undefined;
    /** True for what leaves the processor to whatever serves meanwhile. Default: false. */
    readonly inBackground?: boolean;
  },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const settings = {
      env: options.env,
      cwd: options.cwd,
      timeout: options.timeoutMs ?? 0,
      maxBuffer: 64 << 20,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    const child = execFile(file, args, settings, (error, stdout, stderr) => {
      if (error === null) return resolve({ code: 0, stdout, stderr });
      const code = typeof error.code === "number" ? error.code : 127;
      resolve({ code, stdout, stderr: stderr === "" ? error.message : stderr });
    });
    // What it starts has its priority.
    if (options.inBackground === true && child.pid !== undefined)
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  });
}

/** The first executable file of that name in the folders of PATH. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (folder === "") continue;
    const file = join(folder, name);
    try {
      accessSync(file, access.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

/** Compares dotted versions by number: is `version` at least `floor`? */
export function isAtLeast(version: string, floor: string): boolean {
  const have = version.split(".").map(Number);
  const want = floor.split(".").map(Number);
  for (const [index, part] of want.entries()) {
    const own = have[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

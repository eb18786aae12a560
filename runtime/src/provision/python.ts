import { Fault } from "../fault.js";
import { findOnPath, isAtLeast, runCommand } from "./command.js";

export interface Python {
  readonly executable: string;
  /** `3.11` */
  readonly version: string;
}

interface Wanted {
  /** What is to be fetched, as the message names it. */
  readonly purpose: string;
  readonly oldest: string;
  /** The newest minor version that works; absent: any. */
  readonly newest?: string;
  /** What to do instead. */
  readonly alternative: string;
}

const candidates = ["python3", "python3.13", "python3.12", "python3.11", "python3.10"];
const probe = `import importlib.util, json, sys
print(json.dumps([sys.executable, "%d.%d" % sys.version_info[:2], importlib.util.find_spec("pip") is not None]))`;

/** A Python with pip of a fitting version, or a fault that says which of the three is missing. */
export async function findPython(env: NodeJS.ProcessEnv, wanted: Wanted): Promise<Python> {
  const names = env.THESEUS_PYTHON === undefined ? candidates : [env.THESEUS_PYTHON];
  const refused: string[] = [];
  for (const name of names) {
    const file = name.includes("/") ? name : findOnPath(name, env);
    if (file === undefined) continue;
    const found = await inspect(file, env);
    if (found === undefined) {
      refused.push(`${name} does not run`);
    } else if (!fits(found.version, wanted)) {
      refused.push(`${name} is ${found.version}`);
    } else if (!found.pip) {
      refused.push(`${name} ${found.version} has no pip`);
    } else {
      return { executable: found.executable, version: found.version };
    }
  }
  throw missing(wanted, refused);
}

async function inspect(file: string, env: NodeJS.ProcessEnv) {
  const result = await runCommand(file, ["-c", probe], { env, timeoutMs: 20_000 });
  if (result.code !== 0) return undefined;
  try {
    const [executable, version, pip] = JSON.parse(result.stdout) as [string, string, boolean];
    return { executable, version, pip };
  } catch {
    return undefined;
  }
}

function fits(version: string, wanted: Wanted): boolean {
  return (
    isAtLeast(version, wanted.oldest) && (wanted.newest === undefined || isAtLeast(wanted.newest, version))
  );
}

function missing(wanted: Wanted, refused: readonly string[]): Fault {
  const range =
    wanted.newest === undefined ? `${wanted.oldest} or newer` : `${wanted.oldest} to ${wanted.newest}`;
  const why = refused.length === 0 ? "python3 is not on PATH" : refused.join("; ");
  return new Fault(
    `${wanted.purpose} is fetched with pip of Python ${range}, which was not found: ${why}.`,
    `Install Python ${range} with pip (Debian: apt install python3-pip), point THESEUS_PYTHON at it, or ${wanted.alternative}.`,
  );
}

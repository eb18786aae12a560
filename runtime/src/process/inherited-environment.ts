import { delimiter, dirname } from "node:path";

/** Besides PATH. */
export const inheritedNames: readonly string[] = [
  "HOME",
  "TMPDIR",
  "LANG",
  "LC_ALL",
  "TZ",
  "JAVA_HOME",
  "LD_LIBRARY_PATH",
  "NODE_OPTIONS",
];

/** Those variables of the caller's environment that every process needs. It gets all others by name. */
export function inheritedEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  // This Node's folder comes first, so that `node` in a command is the one that runs already.
  const path = [dirname(process.execPath), ...(env.PATH === undefined ? [] : [env.PATH])];
  const inherited: Record<string, string> = { PATH: path.join(delimiter) };
  for (const name of inheritedNames) {
    const value = env[name];
    if (value !== undefined) inherited[name] = value;
  }
  return inherited;
}

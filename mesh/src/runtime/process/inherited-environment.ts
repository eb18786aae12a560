const passed = [
  "PATH",
  "HOME",
  "TMPDIR",
  "LANG",
  "LC_ALL",
  "TZ",
  "JAVA_HOME",
  "LD_LIBRARY_PATH",
  "NODE_OPTIONS",
];

/** The little of the caller's environment that any process needs. Everything else is given to it by name. */
export function inheritedEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const name of passed) {
    const value = env[name];
    if (value !== undefined) inherited[name] = value;
  }
  return inherited;
}

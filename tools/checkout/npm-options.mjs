// Options of `theseus start` that npm took for its own, because the `--` before them was forgotten.

/** The options of `theseus start`. */
export const START_OPTIONS = ["port", "allowed-host", "impl", "replicas", "policy", "metrics-port"];

/**
 * npm hands what it took to the script in the environment. Says which options those are, and the command that was meant;
 * undefined when there are none.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function swallowedOptions(env) {
  const meant = START_OPTIONS.flatMap((option) =>
    valuesOf(option, env).map((value) => `--${option} ${value}`),
  );
  if (meant.length === 0) return undefined;
  return `npm keeps options for itself unless they come after "--".\n  npm start -- ${meant.join(" ")}`;
}

/**
 * @param {string} option
 * @param {NodeJS.ProcessEnv} env
 */
function valuesOf(option, env) {
  const taken = env[`npm_config_${option.replaceAll("-", "_")}`];
  // Without "=" npm sees no value. One that is given several times comes as paragraphs.
  return taken?.split("\n\n").map((value) => (value === "true" || value === "" ? "…" : value)) ?? [];
}

import { ConfigError, type ConfigFault } from "./config-error.js";
import type { Variable } from "./variable.js";

/** Settings by the names that the process uses. */
export type Shape = Readonly<Record<string, Variable<unknown>>>;

/** The settings' values. */
export type Values<S extends Shape> = { readonly [K in keyof S]: S[K] extends Variable<infer T> ? T : never };

/**
 * Reads all settings, and names everything that is wrong with them at once.
 *
 * @example const config = parseEnv(env, { listen: variable.listen("LISTEN"), url: variable.url("REDIS_URL", { schemes: ["redis"] }) });
 * @throws ConfigError
 */
export function parseEnv<S extends Shape>(env: NodeJS.ProcessEnv, shape: S): Values<S> {
  const { values, faults } = readShape(env, shape);
  if (faults.length > 0) throw new ConfigError(faults);
  return values;
}

/** Settings that belong together, as one value. */
export function allOf<S extends Shape>(shape: S): Variable<Values<S>> {
  return {
    names: namesOf(shape),
    read: (env) => {
      const { values, faults } = readShape(env, shape);
      return faults.length > 0 ? { faults } : { value: values };
    },
  };
}

/**
 * Settings that make sense only together: all of them, or none and then undefined.
 *
 * @example tls: allOrNone({ certificate: variable.file("TLS_CERT"), key: variable.file("TLS_KEY", { secret: true }) })
 */
export function allOrNone<S extends Shape>(shape: S): Variable<Values<S> | undefined> {
  const all = allOf(shape);
  return {
    names: all.names,
    read: (env) => {
      const absent = all.names.every((name) => (env[name] ?? "") === "");
      return absent ? { value: undefined } : all.read(env);
    },
  };
}

function namesOf(shape: Shape): readonly string[] {
  return Object.values(shape).flatMap((each) => each.names);
}

function readShape<S extends Shape>(
  env: NodeJS.ProcessEnv,
  shape: S,
): { values: Values<S>; faults: ConfigFault[] } {
  const faults: ConfigFault[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(shape)) {
    const reading = variable.read(env);
    if ("faults" in reading) faults.push(...reading.faults);
    else values[name] = reading.value;
  }
  return { values: Object.freeze(values) as Values<S>, faults };
}

import { ConfigError } from "./config-error.js";
import type { Log } from "./log.js";
import type { Variable } from "./variable.js";

/** A setting that may change while the process runs, such as a URL in a file. */
export interface Rereading<T> {
  /** As it was read last. */
  readonly value: T;
  /** Reads it again. Throws ConfigError, and keeps the value, when it is faulty. */
  reread(): T;
}

/**
 * A setting that can be read again.
 *
 * @example url: rereading(orPrivateFile(mongodbUrl("MONGODB_URL")))
 */
export function rereading<T>(inner: Variable<T>): Variable<Rereading<T>> {
  return {
    names: inner.names,
    read(env) {
      const first = inner.read(env);
      if ("faults" in first) return first;
      let { value } = first;
      return {
        value: {
          get value() {
            return value;
          },
          reread() {
            const next = inner.read(env);
            if ("faults" in next) throw new ConfigError(next.faults);
            ({ value } = next);
            return value;
          },
        },
      };
    },
  };
}

/** The setting as it is now; a faulty one is logged, and stays as it was. */
export function latestOf<T>(setting: Rereading<T>, log: Log): T {
  try {
    return setting.reread();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { variable, given, problem } of error.faults)
      log.error({ event: "config", variable, given }, problem);
    return setting.value;
  }
}

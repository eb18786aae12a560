import { ConfigError } from "./config-error.js";
import type { Log } from "./log.js";
import type { Rereading } from "./rereading.js";

export interface FollowOptions<T> {
  readonly log: Log;
  /** Told of each other value, when it is in use. */
  readonly onChange?: (value: T) => void;
  /** How often it is read again. Default 500 ms. */
  readonly checkMs?: number;
}

export interface Followed<T> extends Disposable {
  /** The latest that was right. */
  current(): T;
}

/**
 * Reads a setting again and again, such as a private file that somebody replaces. One that is faulty is logged, once for each
 * fault, and stays as it was. It has changed when it is another object: see `sameForSame`.
 */
export function follow<T>(
  setting: Rereading<T>,
  { log, onChange = () => {}, checkMs = 500 }: FollowOptions<T>,
): Followed<T> {
  let told = "";
  const tell = (error: unknown) => {
    if (!(error instanceof ConfigError)) throw error;
    if (error.message !== told) {
      for (const { variable, given, problem } of error.faults)
        log.error({ event: "config", variable, given }, problem);
    }
    told = error.message;
  };
  const timer = setInterval(() => {
    const before = setting.value;
    try {
      setting.reread();
      told = "";
    } catch (error) {
      tell(error);
    }
    if (setting.value !== before) onChange(setting.value);
  }, checkMs);
  timer.unref();
  return { current: () => setting.value, [Symbol.dispose]: () => clearInterval(timer) };
}

/** Answers the same object for the same text as before, instead of parsing it again. */
export function sameForSame<T>(parse: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly value: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, value: parse(text) };
    return last.value;
  };
}

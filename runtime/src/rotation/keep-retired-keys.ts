import type { SigningKeys } from "@theseus/mesh/identity";
import type { TokenKeys } from "./token-keys.js";

export interface KeepRetiredKeys {
  readonly keys: SigningKeys;
  readonly readers: TokenKeys;
  /** Tells the person at the console that sidecars do not forget a key; each fault once. */
  readonly report: (line: string) => void;
  /** How often the clock is compared with their times. Default 5,000 ms. */
  readonly checkMs?: number;
}

/** Removes retired keys when their time is over, also those of a rotation that was killed while it waited. */
export function keepRetiredKeysShort(options: KeepRetiredKeys): AsyncDisposable {
  const { keys, readers, report, checkMs = 5_000 } = options;
  let running: Promise<void> | undefined;
  let told = "";
  const tell = (error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    if (text !== told) report(`Keys of access tokens that are retired stay: ${text}`);
    told = text;
  };
  const timer = setInterval(() => {
    running ??= keys
      .removeRetired(readers.publish)
      .then(() => undefined, tell)
      .finally(() => {
        running = undefined;
      });
  }, checkMs);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

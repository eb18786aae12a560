import type { Writable } from "node:stream";

/** Resolves when a stream takes more again. Rejects with the signal's reason. */
export function drained(stream: Writable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      stream.off("drain", settle);
      signal.removeEventListener("abort", settle);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    stream.once("drain", settle);
    signal.addEventListener("abort", settle, { once: true });
  });
}

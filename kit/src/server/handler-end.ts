/** Tells when the handler of a call has ended, which may be after the call was answered. */
export interface HandlerEnd {
  /** Gives what stands for the handler's output from now on. */
  track(output: unknown): unknown;
  /** Resolves when the handler whose output was tracked has ended; at once when there is none. Never rejects. */
  ended(): Promise<void>;
}

export function trackEnd(): HandlerEnd {
  let ended: Promise<void> = Promise.resolve();
  return {
    track(output) {
      if (!isAsyncIterable(output)) {
        ended = Promise.resolve(output).then(nothing, nothing);
        return output;
      }
      let end: () => void = nothing;
      ended = new Promise((resolve) => {
        end = resolve;
      });
      return untilEnd(output, end);
    },
    ended: () => ended,
  };
}

/** Calls go through at once: a generator would keep `return()` waiting for the `next()` before. */
function untilEnd(output: AsyncIterable<unknown>, end: () => void): AsyncIterable<unknown> {
  const iterator = output[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        try {
          const next = await iterator.next();
          if (next.done) end();
          return next;
        } catch (thrown) {
          end();
          throw thrown;
        }
      },
      async return() {
        try {
          await iterator.return?.();
        } finally {
          end();
        }
        return { done: true, value: undefined };
      },
    }),
  };
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function nothing(): void {}

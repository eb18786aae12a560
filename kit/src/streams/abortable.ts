/** The promise's outcome, or the signal's reason as soon as that is aborted; the promise is then left to itself. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    const settle = () => signal.removeEventListener("abort", abort);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(settle);
  });
}

/** A signal that follows whichever of several is aborted first, until it is disposed. */
export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
}

/** Unlike `AbortSignal.any`, leaves nothing behind on signals that live as long as the process. */
export function linkSignals(...signals: readonly AbortSignal[]): LinkedSignal {
  const linked = new AbortController();
  const links = signals.map((signal) => {
    const follow = () => linked.abort(signal.reason);
    if (signal.aborted) follow();
    else signal.addEventListener("abort", follow, { once: true });
    return () => signal.removeEventListener("abort", follow);
  });
  return {
    signal: linked.signal,
    [Symbol.dispose]: () => {
      for (const unlink of links) unlink();
    },
  };
}

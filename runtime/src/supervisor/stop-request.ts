export interface StopRequest extends Disposable {
  /** Aborted once a stop is requested. */
  readonly signal: AbortSignal;
  readonly requested: Promise<void>;
  /** Settles when everything must stop at once. */
  readonly urgent: Promise<void>;
  request(): void;
}

/** One Ctrl-C comes twice, from the terminal and from npm: signals this close together count as one. */
const oneKeyPressMs = 700;

/** Waits for SIGINT, SIGTERM, SIGHUP or `request`; the second signal stops everything at once. */
export function awaitStop(clock: () => number = Date.now): StopRequest {
  const controller = new AbortController();
  let first = 0;
  let stopAtOnce = (): void => undefined;
  const urgent = new Promise<void>((resolve) => {
    stopAtOnce = resolve;
  });
  const request = () => {
    if (controller.signal.aborted) return;
    first = clock();
    controller.abort();
  };
  const onSignal = () => {
    if (controller.signal.aborted && clock() - first > oneKeyPressMs) stopAtOnce();
    request();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    requested: new Promise((resolve) => {
      controller.signal.addEventListener("abort", () => resolve(), { once: true });
    }),
    urgent,
    request,
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

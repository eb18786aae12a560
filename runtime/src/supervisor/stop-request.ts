export interface StopRequest extends Disposable {
  /** Aborted once the end was asked for. */
  readonly signal: AbortSignal;
  readonly requested: Promise<void>;
  /** Settles when the end shall come at once. */
  readonly urgent: Promise<void>;
  request(): void;
}

/** At a terminal npm passes Ctrl-C on to a process that the terminal has told already: signals this close are one. */
const oneKeyPressMs = 700;

/** Waits for SIGINT, SIGTERM, SIGHUP or `request`; the second signal means: at once. */
export function awaitStop(clock: () => number = Date.now): StopRequest {
  const controller = new AbortController();
  let first = 0;
  let hurry = (): void => undefined;
  const urgent = new Promise<void>((resolve) => {
    hurry = resolve;
  });
  const request = () => {
    if (controller.signal.aborted) return;
    first = clock();
    controller.abort();
  };
  const onSignal = () => {
    if (controller.signal.aborted && clock() - first > oneKeyPressMs) hurry();
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

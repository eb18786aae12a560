const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Listens for signals to stop: the first asks the process to stop, a second one ends it at once. */
export interface StopAsked extends Disposable {
  /** Exit code for the signal that came; undefined before it does. */
  readonly code: number | undefined;
}

export function listenForStop(): StopAsked {
  let code: number | undefined;
  const names = ["SIGINT", "SIGTERM"] as const;
  const listeners = names.map((name) => {
    const listener = () => {
      code = CODES[name];
    };
    process.once(name, listener);
    return { name, listener };
  });
  return {
    get code() {
      return code;
    },
    [Symbol.dispose]() {
      for (const { name, listener } of listeners) process.off(name, listener);
    },
  };
}

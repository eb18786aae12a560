const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** That somebody wants the process to stop: the first signal asks, a second one ends it at once. */
export interface StopAsked extends Disposable {
  /** Exit code for the signal that came; undefined as long as none has. */
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

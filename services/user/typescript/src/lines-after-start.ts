/** Log lines that wait until the process has said where it listens, which must be its first line. */
export interface LinesAfterStart {
  /** Calls `tell` as soon as the process may print. */
  add(tell: () => void): void;
  open(): void;
}

export function createLinesAfterStart(): LinesAfterStart {
  let waiting: (() => void)[] | undefined = [];
  return {
    add(tell) {
      if (waiting === undefined) tell();
      else waiting.push(tell);
    },
    open() {
      const told = waiting ?? [];
      waiting = undefined;
      for (const tell of told) tell();
    },
  };
}

/** Tells a person what happens, one line a step. */
export interface Progress {
  /** Runs a step; its line comes when it is done, and a sign of life every few seconds before. */
  step<Result>(
    title: string,
    run: () => Promise<Result>,
    detail?: (result: Result) => string,
  ): Promise<Result>;
  /** A remark between steps. */
  note(line: string): void;
}

export function createProgress(write: (line: string) => void, waitMs = 5_000): Progress {
  const begun = Date.now();
  const seconds = () => `${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} s`;
  return {
    async step(title, run, detail) {
      const timer = setInterval(() => write(`${seconds()}  … ${title}`), waitMs);
      try {
        const result = await run();
        const more = detail?.(result) ?? "";
        write(`${seconds()}  ${title}${more === "" ? "" : `: ${more}`}`);
        return result;
      } finally {
        clearInterval(timer);
      }
    },
    note(line) {
      write(`${seconds()}  · ${line}`);
    },
  };
}

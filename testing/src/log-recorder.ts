/** Keeps what a log is written to it. */
export interface LogRecorder {
  /** Where the log writes: one line, or several, at a time. */
  readonly destination: { write(text: string): void };
  /** The records so far. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** All that was written so far. */
  text(): string;
}

export function createLogRecorder(): LogRecorder {
  const written: string[] = [];
  const records: Record<string, unknown>[] = [];
  return {
    records,
    text: () => written.join(""),
    destination: {
      write: (text) => {
        written.push(text);
        for (const line of text.split("\n")) if (line !== "") records.push(JSON.parse(line));
      },
    },
  };
}

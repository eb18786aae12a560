import type { ChildProcess } from "node:child_process";
import { createLineSplitter, toJsonLine } from "./lines.js";
import type { Sink } from "./log-sink.js";
import type { Child, Explanation, ProcessSpec } from "./process-spec.js";

/** What a process has said of itself. */
export type Said = Pick<Child, "lastLines" | "explanation">;

export interface Output {
  take(lines: readonly string[]): void;
  onLine(listener: (line: string) => void): void;
  readonly said: Said;
}

/** Writes what a process prints to its log, and remembers what tells of its end. */
export function takeOutput(spec: ProcessSpec, sink: Sink | undefined): Output {
  const listeners: ((line: string) => void)[] = [];
  const last: string[] = [];
  let explanation: Explanation | undefined;
  return {
    take(lines) {
      last.push(...lines);
      if (last.length > 20) last.splice(0, last.length - 20);
      sink?.log.write(lines.map((line) => toJsonLine(line, new Date())));
      for (const line of lines) {
        explanation ??= spec.explain?.(line);
        for (const listener of listeners) listener(line);
      }
    },
    onLine: (listener) => listeners.push(listener),
    said: { lastLines: () => [...last], explanation: () => explanation },
  };
}

/** Hands on what a process prints, to its sink or to pipes. */
export function followOutput(
  { stdout, stderr }: ChildProcess,
  sink: Sink | undefined,
  take: (lines: readonly string[]) => void,
): void {
  sink?.output.follow(take);
  for (const stream of [stdout, stderr]) {
    const lines = createLineSplitter(take);
    stream?.on("data", lines.write);
    stream?.on("end", lines.end);
    stream?.on("error", () => undefined);
  }
}

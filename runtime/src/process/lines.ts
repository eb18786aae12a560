import { StringDecoder } from "node:string_decoder";

/** Where a process's output arrives, piece by piece. */
export interface LineSplitter {
  write(chunk: Buffer): void;
  /** Nothing more comes: what has no end of line is a line as well. */
  end(): void;
}

/** Hands on whole lines, one batch a chunk; a line beyond 64 KiB is cut there. */
export function createLineSplitter(take: (lines: readonly string[]) => void): LineSplitter {
  const longest = 64 << 10;
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return {
    write(chunk) {
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = (lines.pop() ?? "").slice(0, longest);
      const whole = lines.filter((line) => line !== "").map((line) => line.slice(0, longest));
      if (whole.length > 0) take(whole);
    },
    end() {
      if (rest !== "") take([rest]);
      rest = "";
    },
  };
}

/** Keeps a JSON line as it is and wraps any other into one, so that a log file holds JSON lines only. */
export function toJsonLine(line: string, now: Date): string {
  if (line.startsWith("{") && line.endsWith("}")) return line;
  return JSON.stringify({ time: now.toISOString(), level: "info", msg: line.trimEnd() });
}

/** The last line that may say why a process ended: a log record of a warning or worse, or text that speaks of a fault. */
export function lastComplaint(lines: readonly string[]): string | undefined {
  return lines
    .map(complaint)
    .filter((text) => text !== undefined)
    .at(-1);
}

function complaint(line: string): string | undefined {
  if (!line.startsWith("{")) return faulty.test(line) ? line.trim() : undefined;
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown };
    return ["warn", "warning", "error", "fatal", "critical"].includes(String(level))
      ? String(msg)
      : undefined;
  } catch {
    return line;
  }
}

const faulty = /error|exception|fatal|panic|critical|cannot|can't|failed|denied|no space|out of memory/i;

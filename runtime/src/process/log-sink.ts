import { toJsonLine } from "./lines.js";
import { type LogFile, openLogFile } from "./log-file.js";
import { type OutputFile, openOutputFile } from "./output-file.js";

/** Where the output of a process goes that keeps a log: `x.out` is what it prints, `x.log` what is made of it. */
export interface Sink extends Disposable {
  readonly log: LogFile;
  readonly output: OutputFile;
}

interface SinkOptions {
  readonly onLogLost?: ((reason: string) => void) | undefined;
  /** The process runs already, and goes on to print there. */
  readonly continues?: boolean;
}

/** Opens both; lines that an earlier supervisor left go to the log first. */
export function openSink(logFile: string, { onLogLost, continues = false }: SinkOptions = {}): Sink {
  const log = openLogFile(logFile, onLogLost === undefined ? {} : { onLost: onLogLost });
  const write = (lines: readonly string[]) => log.write(lines.map((line) => toJsonLine(line, new Date())));
  try {
    const output = openOutputFile(logFile.replace(/(\.log)?$/, ".out"), { onLeft: write, continues });
    return {
      log,
      output,
      [Symbol.dispose]() {
        output[Symbol.dispose]();
        log[Symbol.dispose]();
      },
    };
  } catch (error) {
    log[Symbol.dispose]();
    throw error;
  }
}

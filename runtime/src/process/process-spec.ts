import type { HealthCheck } from "./health-watch.js";

export interface Ready {
  /** Where it serves, such as `unix:/run/app.sock`. */
  readonly address: string;
  /** What it says of its own version. */
  readonly version?: string;
}

/** How a process tells that it serves: by a line it prints or by a probe that succeeds. */
export interface ReadyWhen {
  line?(line: string): Ready | undefined;
  probe?(): Promise<Ready | undefined>;
}

export interface ProcessSpec {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment of the process: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly readyWhen: ReadyWhen;
  /** How long it may take until it serves. */
  readonly readyWithinMs: number;
  /** How long it may take from SIGTERM to its end; then SIGKILL. */
  readonly stopWithinMs: number;
  /** Whether it is well while it runs. Absent: nobody asks. */
  readonly healthCheck?: HealthCheck;
  /** What a line of its output says of why it cannot go on, where that is known. */
  explain?(line: string): Explanation | undefined;
  /** Where its output goes as JSON lines, private, also while nobody reads it. Absent: nowhere. */
  readonly logFile?: string;
  /** Runs before each start. */
  prepare?(): Promise<void> | void;
}

/** For people: what is wrong, and the way out. */
export interface Explanation {
  readonly cause: string;
  readonly wayOut: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child extends Ready {
  readonly name: string;
  readonly pid: number;
  readonly startedAt: Date;
  /** Settles when the process has ended, whatever the reason. */
  readonly exited: Promise<Exit>;
  /** The last lines that it printed, oldest first. */
  lastLines(): readonly string[];
  /** What the first line said that explains itself, however much came after it. */
  explanation(): Explanation | undefined;
  /** SIGTERM to its process group, SIGKILL when its time is over. */
  stop(): Promise<Exit>;
  /** SIGKILL to its process group. */
  kill(): Promise<Exit>;
}

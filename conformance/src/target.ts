/** An implementation that is being tested: where it serves, and what the suite may do to it. */
export interface Target extends AsyncDisposable {
  readonly address: string;
  /** What it is, such as `payment (java)`. */
  readonly label: string;
  /** Absent when somebody else runs it (`--target`): then cases that need it are skipped. */
  readonly control?: TargetControl;
}

export interface TargetControl {
  /** Ends the process (SIGKILL or SIGTERM) and starts it, or the one that takes over, on the same store. */
  restart(how: "kill" | "stop"): Promise<void>;
  /** SIGTERM; settles with how the process ended. */
  terminate(): Promise<{ readonly code: number | null; readonly seconds: number }>;
  store(action: "stop" | "start"): Promise<void>;
}

import type { Collector } from "@theseus/testing";
import type { Fields, Value } from "../cases/value.js";
import type { StoreAction } from "./case-store.js";
import type { ProcessUse } from "./process-use.js";
import type { Documents } from "./stores.js";
import type { LinkAction } from "./way/link-action.js";
import type { StoreWrite } from "./way/store-writes.js";

/** An implementation that is being tested: where it serves, and what the suite may do to it. */
export interface Target extends AsyncDisposable {
  readonly address: string;
  /** What it is, such as `orders (java)`. */
  readonly label: string;
  /** Absent when somebody else runs it (`--target`): then cases that need it are skipped. */
  readonly control?: TargetControl;
}

export interface TargetControl {
  /**
   * Ends the process (SIGKILL or SIGTERM) and starts it, or the one that takes over, on the same store; from then on with
   * these variables of a case in its environment.
   */
  restart(how: "kill" | "stop", variables?: Fields): Promise<void>;
  /** Puts another private file into the place of the one that a variable of the environment names. */
  replaceFile(variable: string, content: Value): void;
  /** Starts one more process, of the next implementation in turn, on the same store; settles with its address. */
  second(): Promise<string>;
  /** SIGTERM; settles with how the process ended. */
  terminate(): Promise<{ readonly code: number | null; readonly seconds: number }>;
  /** Does something to the store; `slow` lets each of its answers come so much later. */
  store(action: StoreAction, byMs: number): Promise<void>;
  /** The way to whom the target calls. */
  mesh(action: LinkAction): Promise<void>;
  /** From now on it counts what is written to the case's own store. It does from before the target's start. */
  rememberStore(): Promise<void>;
  /** Whether anything was written since then. */
  wasWritten(): Promise<boolean>;
  /** All that the case's own store holds. */
  documents(): Promise<Documents>;
  /** What was written over the case's way to its store of documents. */
  writes(): Promise<readonly StoreWrite[]>;
  /** Makes the standby file of the process, or removes it. */
  standby(action: "begin" | "end"): Promise<void>;
  /** Whom the target tells of its calls; throws when the case has no such need. */
  collector(): Collector;
  /** What the process takes of the machine. */
  use(): ProcessUse;
  /** All that the target's processes have printed. */
  log(): Promise<string>;
  /** One more start with these variables of a case, until it listens or ends by itself. */
  tryLaunch(variables: Fields): Promise<LaunchOutcome>;
}

/** How a process ended, by itself or by SIGTERM after it listened, and the lines on its standard output. */
export interface LaunchOutcome {
  readonly exit: number | null;
  readonly lines: readonly string[];
}

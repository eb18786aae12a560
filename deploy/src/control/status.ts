import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { replaceJson } from "@theseus/runtime/system";
import type { Draining } from "./endpoints.js";
import { readJson } from "./read-json.js";

/** What the control plane has told, for people and for the commands that wait for it. */
export interface ControlStatus {
  readonly instances: readonly InstanceStatus[];
  /** True when every sidecar that runs has taken what it was told last. */
  readonly isTaken: boolean;
}

export interface InstanceStatus {
  readonly instance: string;
  /** Absent: its sidecar does not run. */
  readonly address?: string;
  /** Draining instances get no new calls. */
  readonly isDraining: boolean;
  /** True when every sidecar that may call it finds it healthy, and it does not drain. */
  readonly serves: boolean;
}

/** A control plane that has not written its status for so long is not well. Milliseconds. */
const freshMs = 10_000;

/** Replaces the status; it also shows that the control plane goes on. */
export function writeStatus(path: string, status: ControlStatus): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  replaceJson(path, status);
}

/** Undefined when there is none, or none that is fresh. */
export function readStatus(path: string, now = Date.now()): ControlStatus | undefined {
  try {
    if (now - statSync(path).mtimeMs > freshMs) return undefined;
    return readJson<ControlStatus>(path);
  } catch {
    return undefined;
  }
}

/** Which instances are to get no new calls, as the last command said; it outlives the control plane. */
export function readDraining(state: string): Draining {
  return new Set(readJson<readonly string[]>(join(state, drainingFile)) ?? []);
}

export function writeDraining(state: string, draining: Draining): void {
  replaceJson(join(state, drainingFile), [...draining].sort());
}

const drainingFile = "draining.json";

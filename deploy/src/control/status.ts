import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Draining } from "./endpoints.js";

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
  writeFileSync(`${path}.new`, `${JSON.stringify(status)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Undefined when there is none, or none that is fresh. */
export function readStatus(path: string, now = Date.now()): ControlStatus | undefined {
  try {
    if (now - statSync(path).mtimeMs > freshMs) return undefined;
    return JSON.parse(readFileSync(path, "utf8")) as ControlStatus;
  } catch {
    return undefined;
  }
}

/** Which instances are to get no new calls, as the last command said; it outlives the control plane. */
export function readDraining(state: string): Draining {
  try {
    return new Set(JSON.parse(readFileSync(join(state, drainingFile), "utf8")) as readonly string[]);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Set();
    throw error;
  }
}

export function writeDraining(state: string, draining: Draining): void {
  const path = join(state, drainingFile);
  writeFileSync(`${path}.new`, `${JSON.stringify([...draining].sort())}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

const drainingFile = "draining.json";

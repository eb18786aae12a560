import { join } from "node:path";
import type { MeshPolicy } from "@theseus/mesh/policy";
import type { System } from "@theseus/runtime/system";
import type { PairPlan } from "../pairs.js";

/** What every part of the control plane works with. */
export interface ControlContext {
  readonly system: System;
  readonly policy: MeshPolicy;
  readonly pairs: readonly PairPlan[];
  /** Folder of the accounts that people use. */
  readonly people: string;
  /** Folder of a volume that it fills. */
  volume(name: string): string;
  /** A path below what it keeps from one start to the next. */
  state(name: string): string;
  /** Tells whoever reads its log. */
  report(line: string): void;
}

export interface ControlFolders {
  readonly volumes: string;
  readonly state: string;
  readonly people: string;
}

export function inFolders({
  volumes,
  state,
  people,
}: ControlFolders): Pick<ControlContext, "people" | "volume" | "state"> {
  return { people, volume: (name) => join(volumes, name), state: (name) => join(state, name) };
}

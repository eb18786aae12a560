import type { Admission } from "../certificate/admission.js";

/**
 * What an instance is there for: `starting` until it serves; `standby` while it is healthy and gets no calls; `shadow` while
 * it is in standby, and what is read from the active ones is asked of it too; `candidate` while it gets some and is compared
 * with the active ones; `active` with its share of the calls; `reserve` while it gets calls only as long as no active one is
 * well; `draining` while it ends those that it has.
 */
export type Stage = "starting" | "standby" | "shadow" | "candidate" | "active" | "reserve" | "draining";

/** What runs in an instance. */
export interface RunningImplementation {
  readonly language: string;
  /** The folder with its `implementation.json`. */
  readonly folder: string;
  /** SHA-256 of what was built, in hexadecimal. */
  readonly contentHash: string;
  /** Why it has an identity in the mesh. */
  readonly admission?: Admission;
  /** Where it was taken from, when that is not the checkout as it is: `typescript@4f1c2ab`, a path. */
  readonly source?: string;
}

/** One row of the table of instances. */
export interface InstanceEntry {
  /** `ship-1` */
  readonly instance: string;
  readonly workload: string;
  readonly ordinal: number;
  readonly implementation: RunningImplementation;
  readonly stage: Stage;
  /** Share of the calls relative to the others of its workload that get any, 1 or more. */
  readonly weight: number;
  /** ISO time of the last change of its stage. */
  readonly since: string;
  /** Loopback port for other sidecars; absent until its sidecar listens, and for a workload that serves nobody. */
  readonly port?: number;
}

import type { Instances } from "../instances/instances.js";
import type { Pair } from "../pair/pair.js";

export interface ShadowOptions {
  readonly service: string;
  readonly old: readonly Pair[];
  readonly candidate: Pair;
  /** Folder in which each difference is kept as a case. */
  readonly saveCases?: string;
}

/** Mirrors what is read from the old instances to a comparer, which asks the candidate the same. */
export type StartShadow = (instances: Instances, options: ShadowOptions) => Promise<Shadow>;

export interface Shadow {
  report(): Promise<ShadowReport>;
  stop(): Promise<void>;
}

export interface ShadowReport {
  readonly compared: number;
  readonly equal: number;
  /** The old one answered the same question in two ways. */
  readonly noise: number;
  readonly different: readonly ShadowDifference[];
}

/** One field that differs whenever it is asked for. */
export interface ShadowDifference {
  readonly method: string;
  readonly path: string;
  readonly old: string;
  readonly candidate: string;
  readonly count: number;
  /** The case that it is kept as. */
  readonly savedAs?: string;
}

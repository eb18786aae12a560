import type { Peers } from "../cases/case.js";
import type { WorldStep } from "../cases/steps.js";

/** What calls that are made from the contract can meet in a service's world, in the words of its cases. */
export interface Scene {
  /** Before the first call of a sequence: such as bind what the peers hold. */
  readonly before: readonly WorldStep[];
  /** Names that those bind, by type of resource. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** Texts that mean something to peers, by full name of a field. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /** Who calls besides, of whom the peers know something. */
  readonly callers: readonly string[];
  /** One of these happens between two calls now and then. */
  readonly between: readonly WorldStep[];
  /** How peers deviate: a sequence has one of these now and then. */
  readonly peers: readonly Peers[];
}

export const EMPTY_SCENE: Scene = { before: [], names: {}, texts: {}, callers: [], between: [], peers: [] };

import type { Peers } from "../cases/case.js";
import type { WorldStep } from "../cases/steps.js";
import type { Scope } from "../expectations/scope.js";
import type { Scene } from "../run/scene.js";
import type { PlannedCall } from "./generate/planned-call.js";
import type { Pairs } from "./pairs.js";
import type { Underway, Waiting } from "./underway.js";

/** A request that cannot be written, or that takes what no answer has given. */
export class UnmakeableCall extends Error {}

/** One of the two that are compared, as a sequence needs it. */
export interface Player {
  readonly label: string;
  /** What calls can meet around it. */
  readonly scene: Scene;
  /** Variables of the sequence that is played. */
  readonly scope: Scope;
  /** With the other side, of all that their two stores have. */
  readonly pairs: Pairs;
  readonly waiting: Waiting;
  /** How long before the other one's its answers were given, in milliseconds. */
  readonly earlierMs: number;
  /** Begins a sequence: with names of its own, and with what its world has for it. */
  begin(run: string, peers: Peers): Promise<void>;
  /**
   * Something happens in the world.
   * @throws UnmakeableCall
   */
  happen(step: WorldStep): Promise<void>;
  /**
   * Writes a call, which is made when what comes back is called.
   * @throws UnmakeableCall
   */
  prepare(call: PlannedCall, turn: number): () => Underway;
  /** No more calls come: streams that are open are read to their end. */
  end(): void;
}

import type { Contract } from "@theseus/kit/contract";
import type { Case } from "../cases/case.js";
import type { Fields } from "../cases/value.js";
import type { Scope } from "../expectations/scope.js";
import type { Target } from "../targets/target.js";
import type { OpenWorld } from "./world.js";

/** What cases run on: a target that they share, targets of their own, and what is played around them. */
export interface TestBed {
  readonly contract: Contract;
  /** Full name of the service under test. */
  readonly service: string;
  /** Variables of every case. */
  readonly variables: Fields;
  /** The target that cases share. */
  readonly shared: Target;
  /** A target of a case's own; undefined when the suite cannot start any. */
  own?(test: Case, scope: Scope): Promise<Target>;
  /** Absent where the suite plays nothing. */
  readonly world?: OpenWorld;
}

/** Ends with its targets, its store and its world. */
export type OwnedTestBed = TestBed & AsyncDisposable;

import type { RedisAccess } from "@theseus/runtime";
import type { WorldSchema } from "../cases/case-file.js";
import type { WorldStep } from "../cases/steps.js";
import type { Fields } from "../cases/value.js";
import type { CaseRun } from "../steps/case-run.js";
import type { StoreKind } from "../targets/stores.js";
import type { Scene } from "./scene.js";

/** What a service under test sees around it, and what else the suite must know of it: `worlds/<service>/world.ts`. */
export interface World {
  readonly store: StoreKind;
  /** What the service may do in a Redis. Absent: everything, as in every database of other stores. */
  readonly access?: RedisAccess;
  /** Variables of every case: `read`, a method without effects that cases of all services call, and `reader`, as whom. */
  readonly variables: Fields;
  /** Steps and words that only cases of this service can have. */
  readonly schema?: WorldSchema;
  /** What generated calls can meet; absent where nobody is played. */
  readonly scene?: Scene;
  /** True when a target of a case's own must not find in its store what other cases have left there. */
  readonly ownDatabases?: boolean;
  /** Starts what is played around the service; `folder` is there for its files. */
  open?(folder: string): Promise<OpenWorld>;
}

export interface OpenWorld extends AsyncDisposable {
  /** What the launch protocol hands over besides LISTEN and the store: to the target that all cases share, or to a case's own. */
  environment(target: "shared" | "own"): Readonly<Record<string, string>>;
  /** Called before the first step of a case. */
  begin?(run: CaseRun): void;
  /** Performs a step that only this world has; false when it does not know the verb. */
  perform?(step: WorldStep, run: CaseRun): Promise<boolean>;
}

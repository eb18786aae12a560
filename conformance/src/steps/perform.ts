import type { Step, StepOf, Verb, WorldStep } from "../cases/steps.js";
import { performAccess } from "./access.js";
import { performCall, performRaw, performTable, performTogether } from "./calls.js";
import type { CaseRun } from "./case-run.js";
import type { CaseState } from "./case-state.js";
import {
  performAnswer,
  performBegin,
  performCancel,
  performMesh,
  performPending,
  performReplace,
  performRestart,
  performSecond,
  performStore,
} from "./control.js";
import { performCrowd } from "./crowd.js";
import { performGiven } from "./given.js";
import { performExits, performLaunch, performLog, performSignal } from "./process.js";
import { performReflection } from "./reflection.js";
import { performResources } from "./resources.js";
import { performStandby, performWrites } from "./standby.js";
import { performStored } from "./stored.js";
import {
  performClose,
  performConverse,
  performEnds,
  performOpen,
  performReceive,
  performSend,
  performStream,
} from "./streams.js";
import { performCollector, performRedacts, performTells, performTold } from "./telemetry.js";
import { performWalk } from "./walk.js";

/** How each verb is performed; what is not here is for the service's world. */
const PERFORMERS: { readonly [V in Verb]: Performer<StepOf<V>> } = {
  given: performGiven,
  call: performCall,
  together: performTogether,
  table: performTable,
  raw: performRaw,
  walk: performWalk,
  begin: performBegin,
  answer: performAnswer,
  pending: performPending,
  cancel: performCancel,
  stream: performStream,
  open: performOpen,
  send: performSend,
  receive: performReceive,
  close: performClose,
  ends: performEnds,
  converse: performConverse,
  crowd: performCrowd,
  resources: performResources,
  restart: performRestart,
  replace: performReplace,
  second: performSecond,
  store: performStore,
  stored: performStored,
  standby: performStandby,
  writes: performWrites,
  mesh: performMesh,
  signal: performSignal,
  exits: performExits,
  launch: performLaunch,
  log: performLog,
  access: performAccess,
  reflection: performReflection,
  collector: performCollector,
  tells: performTells,
  told: performTold,
  redacts: performRedacts,
};

type Performer<S> = (step: S, run: CaseRun, state: CaseState) => Promise<void>;

/** Performs one step, or throws a StepFailure. */
export async function perform(step: Step, run: CaseRun, state: CaseState): Promise<void> {
  if (Object.hasOwn(PERFORMERS, step.verb)) {
    // The verb says which step it is.
    const performer = PERFORMERS[step.verb as Verb] as Performer<Step>;
    return performer(step, run, state);
  }
  if (await state.worldStep(step as WorldStep)) return;
  throw new Error(`nothing performs the step ${JSON.stringify(step)}`);
}

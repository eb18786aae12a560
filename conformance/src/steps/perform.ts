import type { CallStep, EventuallyStep, Step } from "../cases/case.js";
import { verbOf } from "../cases/case-file.js";
import { performAccess } from "./access.js";
import { performCall, performEventually, performRaw, performTable, performTogether } from "./calls.js";
import type { CaseRun } from "./case-run.js";
import type { CaseState } from "./case-state.js";
import {
  performAnswer,
  performBegin,
  performCancel,
  performPending,
  performRestart,
  performSecond,
  performStore,
} from "./control.js";
import { performGiven } from "./given.js";
import { performExits, performLaunch, performLog, performSignal, performTerminate } from "./process.js";
import { performReflection } from "./reflection.js";
import {
  performClose,
  performConverse,
  performEnds,
  performOpen,
  performReceive,
  performSend,
  performStream,
} from "./streams.js";
import { performWalk } from "./walk.js";

/** How each verb is performed; what is not here is for the service's world. */
const PERFORMERS = {
  call: (step: CallStep | EventuallyStep, run: CaseRun) =>
    "within" in step ? performEventually(step, run) : performCall(step, run),
  together: performTogether,
  table: performTable,
  raw: performRaw,
  stream: performStream,
  receive: performReceive,
  cancel: performCancel,
  ends: performEnds,
  converse: performConverse,
  open: performOpen,
  send: performSend,
  close: performClose,
  given: performGiven,
  walk: performWalk,
  launch: performLaunch,
  access: performAccess,
  reflection: performReflection,
  signal: performSignal,
  exits: performExits,
  log: performLog,
  pending: performPending,
  begin: performBegin,
  answer: performAnswer,
  restart: performRestart,
  second: performSecond,
  store: performStore,
  terminate: performTerminate,
};

/** Performs one step, or throws a StepFailure. */
export async function perform(step: Step, run: CaseRun, state: CaseState): Promise<void> {
  const verb = verbOf(step);
  if (verb === undefined) throw new Error(`the step has no verb: ${JSON.stringify(step)}`);
  if (Object.hasOwn(PERFORMERS, verb)) {
    // The verb says which step it is.
    const performer = PERFORMERS[verb as keyof typeof PERFORMERS] as Performer;
    return performer(step, run, state);
  }
  if (await state.worldStep(verb, step, run)) return;
  throw new Error(`nothing performs the step ${JSON.stringify(step)}`);
}

type Performer = (step: Step, run: CaseRun, state: CaseState) => Promise<void>;

import type {
  CallStep,
  CancelStep,
  EndsStep,
  EventuallyStep,
  ReceiveStep,
  Step,
  StreamStep,
} from "../case.js";
import { verbOf } from "../case-file.js";
import type { CaseRun } from "../case-run.js";
import { performCall, performEventually, performRaw, performTable, performTogether } from "./calls.js";
import { performAnswer, performBegin, performRestart, performStore, performTerminate } from "./control.js";
import {
  type OpenStreams,
  performCancel,
  performConverse,
  performEnds,
  performReceive,
  performStream,
} from "./streams.js";

/** What steps of one case share besides its variables. */
export interface Running {
  readonly streams: OpenStreams;
  readonly begun: Map<string, ReturnType<CaseRun["call"]>>;
  /** Performs a step that the suite itself does not know; false when nobody does. */
  extension(verb: string, step: Step, run: CaseRun): Promise<boolean>;
}

/** How each verb is performed; what is not here is an extension's. */
const PERFORMERS = {
  call: (step: CallStep | EventuallyStep, run: CaseRun) =>
    "within" in step ? performEventually(step, run) : performCall(step, run),
  together: performTogether,
  table: performTable,
  raw: performRaw,
  stream: (step: StreamStep, run: CaseRun, { streams }: Running) => performStream(step, run, streams),
  receive: (step: ReceiveStep, run: CaseRun, { streams }: Running) => performReceive(step, run, streams),
  cancel: (step: CancelStep, _run: CaseRun, { streams }: Running) => performCancel(step, streams),
  ends: (step: EndsStep, run: CaseRun, { streams }: Running) => performEnds(step, run, streams),
  converse: performConverse,
  begin: performBegin,
  answer: performAnswer,
  restart: performRestart,
  store: performStore,
  terminate: performTerminate,
};

/** Performs one step, or throws a StepFailure. */
export async function perform(step: Step, run: CaseRun, running: Running): Promise<void> {
  const verb = verbOf(step);
  if (verb === undefined) throw new Error(`the step has no verb: ${JSON.stringify(step)}`);
  if (Object.hasOwn(PERFORMERS, verb)) {
    // The verb says which step it is.
    const performer = PERFORMERS[verb as keyof typeof PERFORMERS] as Performer;
    return performer(step, run, running);
  }
  if (await running.extension(verb, step, run)) return;
  throw new Error(`nothing performs the step ${JSON.stringify(step)}`);
}

type Performer = (step: Step, run: CaseRun, running: Running) => Promise<void>;

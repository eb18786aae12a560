import type {
  CallStep,
  CancelStep,
  CloseStep,
  EndsStep,
  EventuallyStep,
  OpenStep,
  ReceiveStep,
  SendStep,
  Step,
  StreamStep,
} from "../cases/case.js";
import { verbOf } from "../cases/case-file.js";
import { performAccess } from "./access.js";
import { performCall, performEventually, performRaw, performTable, performTogether } from "./calls.js";
import type { CaseRun } from "./case-run.js";
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
  type OpenStreams,
  performClose,
  performConverse,
  performEnds,
  performOpen,
  performReceive,
  performSend,
  performStream,
} from "./streams.js";
import { performWalk } from "./walk.js";

/** A call whose answer a later step waits for. */
export interface BegunCall {
  readonly answer: ReturnType<CaseRun["call"]>;
  cancel(): void;
}

/** What steps of one case share besides its variables. */
export interface Running {
  readonly streams: OpenStreams;
  readonly begun: Map<string, BegunCall>;
  /** How the target ends that was sent SIGTERM. */
  exit?: Promise<{ readonly code: number | null; readonly seconds: number }>;
  /** Performs steps that stand within another. */
  steps(steps: readonly Step[]): Promise<void>;
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
  cancel: (step: CancelStep, _run: CaseRun, running: Running) => performCancel(step, running),
  ends: (step: EndsStep, run: CaseRun, { streams }: Running) => performEnds(step, run, streams),
  converse: performConverse,
  open: (step: OpenStep, run: CaseRun, { streams }: Running) => performOpen(step, run, streams),
  send: (step: SendStep, run: CaseRun, { streams }: Running) => performSend(step, run, streams),
  close: (step: CloseStep, _run: CaseRun, { streams }: Running) => performClose(step, streams),
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

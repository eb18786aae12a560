import { Fault } from "../fault.js";
import type { Stage } from "../instances/instance.js";
import type { Instances } from "../instances/instances.js";
import { type RecordedCalls, recordCalls } from "../numbers/recorded-calls.js";
import type { Pair } from "../pair/pair.js";
import type { Window } from "./evidence.js";
import { watchTrouble } from "./instance-trouble.js";
import { shareWeights } from "./share-weights.js";
import { type Sides, stepNumbers } from "./step-numbers.js";
import type { SwapControl } from "./swap-control.js";
import type { SwapBounds, SwapStep } from "./swap-options.js";
import type { SwapProgress } from "./swap-progress.js";
import { judge, type Verdict } from "./verdict.js";

/** The candidate is not as the old one: it is taken back. */
export class TakenBackFault extends Fault {}

export interface ShiftOptions {
  readonly instances: Instances;
  readonly workload: string;
  readonly pairs: Sides<readonly Pair[]>;
  readonly bounds: SwapBounds;
  readonly control: SwapControl;
  readonly progress: SwapProgress;
}

/** Begin and end of a window in milliseconds; the last one is open. */
interface Span {
  readonly fromMs: number;
  toMs?: number;
}

const lookEveryMs = 500;

/**
 * Gives the candidate more and more of the calls, each time after it has shown with those that it had that it is as the old
 * one. In the end it has all of them, and the old one could take them again.
 *
 * @throws TakenBackFault when it is not
 */
export async function shift(options: ShiftOptions): Promise<void> {
  const { instances, pairs } = options;
  using calls = recordCalls(instances.context, [...namesOf(pairs.old), ...namesOf(pairs.candidate)]);
  const watch = {
    old: watchTrouble(instances, pairs.old, pairs.candidate),
    candidate: watchTrouble(instances, pairs.candidate, pairs.old),
  };
  const spans: Span[] = [];
  for (const step of options.bounds.steps) {
    await giveShare(options, step);
    await hold(options, { step, calls, watch, spans });
  }
}

interface Held {
  readonly step: SwapStep;
  readonly calls: RecordedCalls;
  readonly watch: Sides<ReturnType<typeof watchTrouble>>;
  readonly spans: Span[];
}

/** One change of the weights. */
async function giveShare(
  { instances, workload, pairs, progress }: ShiftOptions,
  { percent }: SwapStep,
): Promise<void> {
  const [old, candidate] = [namesOf(pairs.old), namesOf(pairs.candidate)];
  const isAll = percent === 100;
  const stages = new Map<string, Stage>([
    ...old.map((name) => [name, isAll ? "reserve" : "active"] as const),
    ...candidate.map((name) => [name, isAll ? "active" : "candidate"] as const),
  ]);
  const words = `${percent} % of the calls to ${candidate.join(", ")}`;
  progress.enter({ stage: "shift", percent, words });
  if (isAll) return instances.move(workload, stages);
  const weights = shareWeights(percent / 100, { old: old.length, candidate: candidate.length });
  await instances.move(
    workload,
    stages,
    new Map([
      ...old.map((name) => [name, weights.old] as const),
      ...candidate.map((name) => [name, weights.candidate] as const),
    ]),
  );
}

/** Until the verdict is to go on, and nobody holds it. */
async function hold(options: ShiftOptions, held: Held): Promise<void> {
  const { control, instances, progress } = options;
  const begunMs = Date.now();
  held.spans.push({ fromMs: begunMs });
  for (;;) {
    control.check();
    const { kind, why } = await look(options, held, begunMs);
    const { percent } = held.step;
    if (kind === "return")
      throw new TakenBackFault(`At ${percent} %: ${why}.`, "theseus logs and theseus history say more.");
    progress.show({ words: why });
    if (kind === "go on" && control.held === undefined) {
      endSpan(held.spans);
      progress.say(`shift: ${percent} % is held, ${why}`);
      return;
    }
    await control.sleep(lookEveryMs, instances.context.signal);
  }
}

async function look(options: ShiftOptions, held: Held, begunMs: number): Promise<Verdict> {
  const { pairs, bounds, progress, instances } = options;
  const { spans, step, watch } = held;
  const [oldTrouble, trouble] = await Promise.all([watch.old.look(), watch.candidate.look()]);
  if (trouble === undefined && oldTrouble !== undefined) beginAnew(spans);
  const windows = spans.map((span) => windowOf(options, held.calls, span));
  const last = windows.at(-1) as Window;
  const isStream = (method: string) =>
    instances.context.policy.methods.some(({ path, serverStreaming }) => path === method && serverStreaming);
  const names = { old: namesOf(pairs.old), candidate: namesOf(pairs.candidate) };
  progress.show({ step: stepNumbers(last, names, isStream) });
  const now = Date.now();
  const verdict = judge(
    {
      windows,
      ...(trouble !== undefined && { trouble }),
      isStream,
      heldMs: now - begunMs,
      silentMs: now - lastCall(last, begunMs),
    },
    { ...bounds, leastCalls: step.leastCalls },
  );
  if (verdict.kind === "return" || oldTrouble === undefined) return verdict;
  return { ...verdict, why: `${verdict.why} (the old one cannot be compared with: ${oldTrouble})` };
}

/** What both answered while the old one was not well says nothing of the candidate. */
function beginAnew(spans: Span[]): void {
  spans.pop();
  spans.push({ fromMs: Date.now() });
}

function endSpan(spans: Span[]): void {
  const last = spans.at(-1);
  if (last !== undefined) last.toMs = Date.now();
}

function windowOf({ pairs }: ShiftOptions, calls: RecordedCalls, { fromMs, toMs }: Span): Window {
  return {
    old: calls.between(namesOf(pairs.old), fromMs, toMs),
    candidate: calls.between(namesOf(pairs.candidate), fromMs, toMs),
  };
}

/** When the last call began that has ended, in milliseconds. */
function lastCall({ old, candidate }: Window, begunMs: number): number {
  const times = [...old, ...candidate].map(({ time }) => Date.parse(time));
  return times.reduce((latest, time) => Math.max(latest, time), begunMs);
}

function namesOf(pairs: readonly Pair[]): readonly string[] {
  return pairs.map(({ instance }) => instance.name);
}

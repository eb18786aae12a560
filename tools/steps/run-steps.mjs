// Runs the steps of npm test: several side by side where they are not in each other's way, each one's output in one piece.
import { availableParallelism } from "node:os";
import { runStep } from "./run-step.mjs";

/** @import { Step, StepResult } from "./run-step.mjs" */

/** Many steps wait for timers most of their time; more at once than this would change what they wait for. */
const MOST_AT_ONCE = 2;

/**
 * The results in the order of the steps, those that an interrupt left out excepted.
 * @param {readonly Step[]} steps
 * @param {number} [atOnce]
 * @returns {Promise<readonly StepResult[]>}
 */
export async function runSteps(steps, atOnce = Math.min(MOST_AT_ONCE, availableParallelism())) {
  const waiting = [...steps];
  /** @type {Map<Step, Promise<void>>} */
  const running = new Map();
  /** @type {Map<Step, StepResult>} */
  const results = new Map();
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  /** @param {Step} step */
  const run = async (step) => {
    results.set(step, await runStep(step, interrupt));
    running.delete(step);
  };
  while (waiting.length + running.size > 0) {
    const next = interrupted ? undefined : nextOf(waiting, [...running.keys()], atOnce);
    if (next === undefined) {
      if (running.size === 0) break;
      await Promise.race(running.values());
      continue;
    }
    waiting.splice(waiting.indexOf(next), 1);
    running.set(next, run(next));
  }
  return steps.flatMap((step) => results.get(step) ?? []);
}

/**
 * The first step that may run beside those that do.
 * @param {readonly Step[]} waiting
 * @param {readonly Step[]} running
 * @param {number} atOnce
 * @returns {Step | undefined}
 */
export function nextOf(waiting, running, atOnce) {
  if (running.length >= atOnce || running.some(isAlone)) return undefined;
  const [first] = waiting;
  // Its turn has come: nothing goes before it, or it would wait for ever.
  if (first !== undefined && isAlone(first)) return running.length === 0 ? first : undefined;
  return waiting.find((step) => !isAlone(step) && !running.some((other) => meets(step, other)));
}

/** @param {Step} step */
function isAlone({ alone }) {
  return alone === true;
}

/**
 * Whether both write into one folder.
 * @param {Step} step
 * @param {Step} other
 */
function meets(step, other) {
  const of = foldersOf(step);
  return foldersOf(other).some((folder) => of.includes(folder));
}

/** @param {Step} step */
function foldersOf({ folder, writes = folder === "." ? [] : [folder] }) {
  return writes;
}

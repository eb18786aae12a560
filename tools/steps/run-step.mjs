// Runs one step of npm test, and says what came of it.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { missingToolchain } from "../toolchains.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * What a report counts: titles of what failed and of what was skipped, each with why.
 * @typedef {{passed: number, failed: readonly string[], skipped: readonly string[]}} Counts
 *
 * `worked`: seconds of the processor that the step and all that it has waited for took; absent where the system does not tell.
 * @typedef {Counts & {name: string, seconds: number, worked?: number | undefined}} StepResult
 *
 * A command in a folder. `command` is given the path where it leaves its report, which `read` reads; a step without a
 * report passes or fails as a whole. `needs` are languages whose toolchain it takes, `unavailable` says any other reason
 * not to run it. A step that is `alone` takes the whole machine; `writes` are
 * the folders that it writes into: its own where nothing is said.
 * @typedef {object} Step
 * @property {string} name
 * @property {string} folder
 * @property {(report: string) => readonly string[]} command
 * @property {(report: string) => Counts} [read]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {readonly string[]} [needs]
 * @property {() => string | undefined} [unavailable]
 * @property {boolean} [alone]
 * @property {readonly string[]} [writes]
 */

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM"];

/**
 * @param {Step} step
 * @param {() => void} onInterrupt  a signal has come, which the step was sent as well
 * @returns {Promise<StepResult>}
 */
export async function runStep(step, onInterrupt) {
  const started = Date.now();
  const missing = whyNot(step);
  if (missing !== undefined) {
    console.log(`\n== ${step.name}\nskipped: ${missing}`);
    return { name: step.name, passed: 0, failed: [], skipped: [`${step.name}: ${missing}`], seconds: 0 };
  }
  const folder = mkdtempSync(join(tmpdir(), "theseus-test-"));
  const report = join(folder, "report.jsonl");
  try {
    const child = start(step, report);
    const printed = step.alone === true ? undefined : collect(child);
    if (printed === undefined) console.log(`\n== ${step.name}`);
    const { status, worked } = await exitOf(child, onInterrupt);
    if (printed !== undefined) process.stdout.write(`\n== ${step.name}\n${printed()}`);
    const counts = countsOf(step, report, status);
    return { ...counts, name: step.name, seconds: (Date.now() - started) / 1000, worked };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Why a step cannot run here, if so.
 * @param {Step} step
 */
function whyNot({ needs = [], unavailable }) {
  const missing = needs.map(missingToolchain).filter((why) => why !== undefined);
  return missing.length > 0 ? missing.join(", ") : unavailable?.();
}

/**
 * @param {Step} step
 * @param {string} report
 */
function start(step, report) {
  const [program = "", ...args] = step.command(report);
  const env = {
    ...process.env,
    THESEUS_TEST_REPORT: report,
    JUNIT: report,
    NODE_OPTIONS: "--enable-source-maps",
    ...step.env,
  };
  const cwd = join(ROOT, step.folder);
  const output = step.alone === true ? "inherit" : "pipe";
  return spawn(program, args, { cwd, env, stdio: ["ignore", output, output] });
}

/**
 * Both outputs of a child as they come, for when it has ended.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {() => string}
 */
function collect({ stdout, stderr }) {
  /** @type {Buffer[]} */
  const pieces = [];
  for (const output of [stdout, stderr]) output?.on("data", (piece) => pieces.push(piece));
  return () => Buffer.concat(pieces).toString();
}

/**
 * How the child ended. A signal goes on to it, and ends the whole run once it has cleaned up.
 * @param {import("node:child_process").ChildProcess} child
 * @param {() => void} onInterrupt
 * @returns {Promise<{status: number, worked?: number | undefined}>}
 */
function exitOf(child, onInterrupt) {
  const interrupt = (/** @type {NodeJS.Signals} */ signal) => {
    onInterrupt();
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  return new Promise((resolve) => {
    /** @type {number | undefined} */
    let worked;
    const done = (/** @type {number} */ status) => {
      for (const signal of SIGNALS) process.off(signal, interrupt);
      resolve({ status, worked });
    };
    child.once("error", () => done(1));
    child.once("exit", () => {
      worked = sinceTheLastChild();
    });
    // Not its exit: what it printed is read to the end before.
    child.once("close", (code) => done(code ?? 1));
  });
}

let counted = 0;

/**
 * Processor time, in seconds, of the child that has just ended: a process's own counts for its parent when it has ended,
 * with all that it has waited for. Undefined where the system does not tell.
 */
export function sinceTheLastChild() {
  if (process.platform !== "linux") return undefined;
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ") ?? [];
  // cutime and cstime of proc(5), 16 and 17 from the process id on, in hundredths.
  const whole = (Number(fields[13]) + Number(fields[14])) / 100;
  const worked = whole - counted;
  counted = whole;
  return worked;
}

/**
 * What a step's report counts. A step that dies, or that finds no test, is a failure of itself, not a pass.
 * @param {Step} step
 * @param {string} report
 * @param {number} status
 * @returns {Counts}
 */
function countsOf({ name, read }, report, status) {
  const ended = status === 0 ? [] : [`${name} ended with ${status}`];
  if (read === undefined) return { passed: 1 - ended.length, failed: ended, skipped: [] };
  if (!existsSync(report)) return { passed: 0, failed: [`${name} left no report`], skipped: [] };
  const counts = read(report);
  if (counts.failed.length > 0) return counts;
  if (counts.passed + counts.skipped.length === 0) return { ...counts, failed: [`${name} has no test`] };
  return { ...counts, failed: ended };
}

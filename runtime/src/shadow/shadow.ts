import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../fault.js";
import type { Instances } from "../instances/instances.js";
import { setMirror } from "../pair/envoy-admin.js";
import { answersHttp } from "../pair/health-checks.js";
import type { Pair } from "../pair/pair.js";
import { launch } from "../process/child.js";
import { untilBroken } from "../process/health-watch.js";
import type { Child } from "../process/process-spec.js";
import { describeExit } from "../process/readiness.js";
import type { SystemContext } from "../system/context.js";
import { type Compared, comparerName, comparerPaths, comparerProcess } from "./comparer.js";
import { endMirrors } from "./end-mirrors.js";
import { askReport, nothingYet, type ShadowReport } from "./shadow-report.js";

export interface ShadowOptions extends Compared {
  /** Whose instances they are. */
  readonly service: string;
  /** Active instances, whose reads are copied. */
  readonly old: readonly Pair[];
  /** In standby: it answers reads and writes nothing. */
  readonly candidate: Pair;
  /** Folder into which each difference goes as a conformance case. Absent: none does. */
  readonly saveCases?: string;
}

/** A comparison that goes on beside the calls. */
export interface Shadow {
  /** What was found so far. Once the comparer has ended, what was known then, and why it ended. */
  report(): Promise<ShadowReport>;
  /** Ends it. `report` answers what was found. */
  stop(): Promise<void>;
}

const lookMs = 1_000;

/** A comparer that stands still is ended sooner than what serves: its copies are of the moment. */
const healthWatch = { everyMs: 1_000, timeoutMs: 3_000, allowed: 3 };

/**
 * Has the sidecars of `old` copy reads to a comparer, which asks `old` and `candidate`. The comparer is not started again: with
 * its end, however it comes, nothing is copied any more.
 *
 * @throws Fault when the system has no comparer, when it does not start, or when a sidecar cannot copy calls
 */
export async function startShadow(
  { context }: Pick<Instances, "context">,
  options: ShadowOptions,
): Promise<Shadow> {
  const { shadow: command } = context;
  if (command === undefined)
    throw new Fault("This system has no comparer.", "Swap without comparing answers first.");
  let pid: number | undefined;
  const child = await launch(comparerProcess(context, command, options), {
    signal: context.signal,
    onSpawn(spawned) {
      pid = spawned;
      context.state.add(comparerName, spawned);
    },
  }).catch((error: unknown) => {
    if (pid !== undefined) context.state.remove(pid);
    throw error;
  });
  const shadow = new RunningShadow(context, options, child);
  try {
    await shadow.mirror();
    return shadow;
  } catch (error) {
    await shadow.stop();
    throw new Fault(
      `The sidecars of ${options.service} cannot copy calls: ${String(error)}.`,
      `theseus restart ${options.service} gives it sidecars that can.`,
    );
  }
}

class RunningShadow implements Shadow {
  readonly #over = new AbortController();
  readonly #kept: Promise<void>;
  readonly #done: Promise<void>;
  #known: ShadowReport = nothingYet;
  #ended: string | undefined;
  #isStopped = false;

  constructor(
    readonly context: SystemContext,
    readonly options: ShadowOptions,
    readonly child: Child,
  ) {
    this.#kept = this.#keep();
    this.#done = Promise.all([this.#untilEnd(), this.#watch()]).then(() => undefined);
  }

  /** A sidecar that was started anew has forgotten it. */
  async mirror(): Promise<void> {
    await Promise.all(this.options.old.map(({ place }) => setMirror(place.admin, "on")));
  }

  async report(): Promise<ShadowReport> {
    await this.#look();
    return { ...this.#known, ...(this.#ended !== undefined && { ended: this.#ended }) };
  }

  async stop(): Promise<void> {
    await this.#look();
    this.#isStopped = true;
    this.#over.abort();
    await this.child.stop();
    await this.#done;
  }

  async #look(): Promise<void> {
    if (this.#ended !== undefined || this.#isStopped) return;
    const { report } = comparerPaths(this.context.run);
    this.#known = await askReport(report).catch(() => this.#known);
  }

  /** Whatever its end is, nothing is copied after it, and nothing of it is left. */
  async #untilEnd(): Promise<void> {
    const { state, report, run } = this.context;
    const exit = describeExit(await this.child.exited);
    if (!this.#isStopped) {
      this.#ended ??= `the comparer ended (${exit})`;
      report(`${this.#ended}: answers are no longer compared`);
    }
    this.#over.abort();
    state.remove(this.child.pid);
    // Nobody switches it on again after it was switched off.
    await this.#kept;
    await endMirrors(this.options.old, report);
    for (const { paths } of this.options.old) rmSync(paths.shadow, { force: true });
    rmSync(comparerPaths(run).folder, { recursive: true, force: true });
  }

  /** One that stands still is ended. */
  async #watch(): Promise<void> {
    const { report } = comparerPaths(this.context.run);
    const { signal } = this.#over;
    try {
      const problem = await untilBroken(answersHttp(report, "/"), { ...healthWatch, signal });
      this.#ended ??= `the comparer was not well (${problem})`;
      await this.child.kill();
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #keep(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      await sleep(lookMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.#look();
      await this.mirror().catch(() => undefined);
    }
  }
}

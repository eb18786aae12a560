import { Fault, UsageFault } from "../fault.js";
import type { RunningImplementation } from "../instances/instance.js";
import type { Instances } from "../instances/instances.js";
import { type Steering, SwapControl } from "../swap/swap-control.js";
import { type SwapParts, swapParts } from "../swap/swap-parts.js";
import type { SwapProgress } from "../swap/swap-progress.js";
import type { SwapStatus } from "../swap/swap-status.js";
import { servicesOf } from "../system/topology.js";
import { type Change, showChange } from "./change.js";
import { appendHistory } from "./history.js";
import { planChange } from "./plan-change.js";
import type { Say } from "./say.js";

/** Another change is under way: only one is made at a time. */
export class BusyFault extends Fault {}

/** Under which the state file has the change that is under way. */
export const changeNote = "change";

interface Underway {
  readonly change: Change;
  readonly begun: number;
  last: string;
  readonly control: SwapControl;
  /** Of a swap. */
  progress?: SwapProgress;
  /** Settles when it is over, however it ends. */
  readonly over: Promise<void>;
}

/** Makes changes of a running system, one at a time, and writes each down. */
export class Changes {
  #underway: Underway | undefined;

  constructor(
    readonly instances: Instances,
    readonly parts: SwapParts = swapParts(instances.context),
  ) {}

  /** The change that is under way, as it would be typed. */
  get underway(): string | undefined {
    return this.#underway && showChange(this.#underway.change);
  }

  /** Where the swap that is under way stands. */
  get swap(): SwapStatus | undefined {
    return this.#underway?.progress?.status;
  }

  /**
   * Makes a change. It goes on when whoever asked for it has gone. To roll back a service that is being swapped is to abort that.
   *
   * @throws BusyFault while another one is under way
   * @throws Fault when it makes no sense, or was undone
   */
  async make(change: Change, say: Say): Promise<void> {
    const swapped = this.#swapOf(change);
    if (swapped !== undefined) {
      say(`${showChange(swapped.change)}: ${swapped.control.steer("abort")}`);
      return swapped.over;
    }
    this.#refuse(change);
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const underway: Underway = {
      change,
      begun: Date.now(),
      last: "it begins",
      control: new SwapControl(),
      over,
    };
    this.#underway = underway;
    const tell: Say = (line) => {
      underway.last = line;
      this.instances.context.report(`${showChange(change)}: ${line}`);
      say(line);
    };
    try {
      await this.#make(underway, tell);
    } finally {
      this.#underway = undefined;
      this.instances.context.state.note(changeNote, undefined);
      end();
    }
  }

  /**
   * Holds, continues or ends the swap that is under way; answers what comes of it.
   *
   * @throws UsageFault when there is none, or it makes no sense
   */
  steer(steering: Steering): string {
    if (this.#underway?.change.kind !== "swap")
      throw new UsageFault(`There is no swap to ${steering}.`, "theseus swap <service> --to … begins one.");
    return `${showChange(this.#underway.change)}: ${this.#underway.control.steer(steering)}`;
  }

  /** The swap that a change takes back before it is decided. */
  #swapOf(change: Change): Underway | undefined {
    const { change: other } = this.#underway ?? {};
    const isItsSwap =
      change.kind === "rollback" && other?.kind === "swap" && other.service === change.service;
    return isItsSwap && this.#underway?.progress?.status.stage !== "drain" ? this.#underway : undefined;
  }

  #refuse(change: Change): void {
    const services = servicesOf(this.instances.context.topology);
    if (change.kind !== "rotate" && !services.includes(change.service))
      throw new UsageFault(
        `There is no service "${change.service}" to change.`,
        `The services are ${services.join(", ")}.`,
      );
    if (this.#underway === undefined) return;
    const { change: other, begun, last } = this.#underway;
    throw new BusyFault(
      `${showChange(other)} is under way since ${((Date.now() - begun) / 1000).toFixed(0)} s (${last}).`,
      "Wait until it is done: theseus status shows when.",
    );
  }

  async #make(underway: Underway, say: Say): Promise<void> {
    const { context } = this.instances;
    const { change, control } = underway;
    const onProgress = (progress: SwapProgress) => {
      underway.progress = progress;
    };
    const perform = await planChange(this.instances, change, { parts: this.parts, control, onProgress }, say);
    const begun = Date.now();
    const from = this.#running(change);
    context.state.note(changeNote, { change, at: new Date(begun).toISOString(), from });
    let undone: string | undefined;
    try {
      await perform(say);
    } catch (error) {
      undone = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      const at = new Date(begun).toISOString();
      const seconds = (Date.now() - begun) / 1000;
      const to = this.#running(change);
      appendHistory(context.home, { change, at, seconds, from, to, ...(undone !== undefined && { undone }) });
    }
  }

  #running(change: Change): readonly RunningImplementation[] {
    if (change.kind === "rotate") return [];
    return this.instances.around.table.of(change.service).map(({ implementation }) => implementation);
  }
}

import { Fault, UsageFault } from "../fault.js";
import type { RunningImplementation } from "../instances/instance.js";
import type { Instances } from "../instances/instances.js";
import { servicesOf } from "../system/topology.js";
import { type Change, type Say, showChange } from "./change.js";
import { appendHistory } from "./history.js";
import { planChange } from "./plan-change.js";

/** Another change is under way: only one is made at a time. */
export class BusyFault extends Fault {}

/** Under which the state file has the change that is under way. */
export const changeNote = "change";

/** Makes changes of a running system, one at a time, and writes each down. */
export class Changes {
  #underway: { readonly change: Change; readonly begun: number; last: string } | undefined;

  constructor(readonly instances: Instances) {}

  /** The change that is under way, as it would be typed. */
  get underway(): string | undefined {
    return this.#underway && showChange(this.#underway.change);
  }

  /**
   * Makes a change. It goes on when whoever asked for it has gone.
   *
   * @throws BusyFault while another one is under way
   * @throws Fault when it makes no sense, or was undone
   */
  async make(change: Change, say: Say): Promise<void> {
    this.#refuse(change);
    const underway = { change, begun: Date.now(), last: "it begins" };
    this.#underway = underway;
    const tell: Say = (line) => {
      underway.last = line;
      this.instances.context.report(`${showChange(change)}: ${line}`);
      say(line);
    };
    try {
      await this.#make(change, tell);
    } finally {
      this.#underway = undefined;
      this.instances.context.state.note(changeNote, undefined);
    }
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

  async #make(change: Change, say: Say): Promise<void> {
    const { context } = this.instances;
    const perform = await planChange(this.instances, change, say);
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

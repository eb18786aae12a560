import type { Say } from "../changes/say.js";
import type { StateFile } from "../process/state-file.js";
import type { SwapControl } from "./swap-control.js";
import { type SwapStatus, swapNote } from "./swap-status.js";

type Told = Pick<SwapStatus, "service" | "to" | "withoutProof">;
type Entered = Pick<SwapStatus, "stage" | "words" | "percent">;

/** Where a swap stands, for whoever asks; each stage and each step is written down, for a supervisor that takes over. */
export class SwapProgress {
  #status: SwapStatus;

  constructor(
    readonly told: Told,
    readonly control: SwapControl,
    readonly state: Pick<StateFile, "note">,
    readonly say: Say,
  ) {
    this.#status = { ...told, stage: "gate", words: "it begins", since: new Date().toISOString() };
  }

  get status(): SwapStatus {
    const { held } = this.control;
    return { ...this.#status, ...(held !== undefined && { held }) };
  }

  /** Begins a stage or a step, and says so. */
  enter(entered: Entered): void {
    this.#status = { ...this.told, ...entered, since: new Date().toISOString() };
    this.state.note(swapNote, this.#status);
    this.say(`${entered.stage}: ${entered.words}`);
  }

  /** Tells more of the same stage, to those who ask alone. */
  show(more: Partial<Pick<SwapStatus, "words" | "shadow" | "step">>): void {
    this.#status = { ...this.#status, ...more };
  }

  /** It is over. */
  end(): void {
    this.state.note(swapNote, undefined);
  }
}

import type { StepResult } from "./journey.js";
import { Latencies } from "./latencies.js";
import type { Journey } from "./mix.js";
import type { End, JourneyReport, StepReport } from "./report.js";

/** What came of one journey of a mix, each time that it was made. */
export class JourneyTally {
  readonly #latencies = new Latencies();
  readonly #steps: ReadonlyMap<string, StepTally>;
  #started = 0;
  #succeeded = 0;
  #failed = 0;
  #notSent = 0;

  constructor(readonly journey: Journey) {
    this.#steps = new Map(journey.steps.map(({ name }) => [name, new StepTally(name)]));
  }

  begin(): void {
    this.#started++;
  }

  leaveOut(): void {
    this.#notSent++;
  }

  note(result: StepResult): void {
    this.#steps.get(result.step)?.note(result);
  }

  end(isGood: boolean, latencyMs: number): void {
    if (isGood) {
      this.#succeeded++;
      this.#latencies.add(latencyMs);
    } else this.#failed++;
  }

  report(): JourneyReport {
    const { name, weight } = this.journey;
    const [started, succeeded, failed] = [this.#started, this.#succeeded, this.#failed];
    return {
      journey: name,
      weight,
      ...{ started, succeeded, failed },
      unfinished: started - succeeded - failed,
      notSent: this.#notSent,
      latencyMs: this.#latencies.report(),
      steps: [...this.#steps.values()].map((step) => step.report()),
    };
  }
}

class StepTally {
  readonly #latencies = new Latencies();
  readonly #ends = new Map<string, { -readonly [Key in keyof End]: End[Key] }>();
  #calls = 0;
  #failed = 0;

  constructor(readonly step: string) {}

  note({ status, reason, failed, latencyMs }: StepResult): void {
    this.#calls++;
    this.#latencies.add(latencyMs);
    if (failed) this.#failed++;
    if (reason === "") return;
    const end = this.#ends.get(`${status} ${reason}`);
    if (end === undefined) this.#ends.set(`${status} ${reason}`, { status, reason, failed, calls: 1 });
    else end.calls++;
  }

  report(): StepReport {
    const ends = [...this.#ends.values()].sort((a, b) => b.calls - a.calls);
    const refused = ends.filter(({ failed }) => !failed).reduce((sum, { calls }) => sum + calls, 0);
    return {
      step: this.step,
      calls: this.#calls,
      failed: this.#failed,
      refused,
      latencyMs: this.#latencies.report(),
      ends,
    };
  }
}

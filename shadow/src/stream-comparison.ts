import type { DescMethod } from "@bufbuild/protobuf";
import type { SeenNames } from "./ask/seen-names.js";
import { type Both, compareQuestion } from "./call-comparison.js";
import type { Tally } from "./report/tally.js";

interface StreamOptions {
  readonly streams: readonly DescMethod[];
  readonly tally: Tally;
  readonly names: SeenNames;
}

/** How often a stream is opened on both. */
const EVERY_MS = 2_000;
/** How long a stream is read from its first message on. */
const READ_MS = 1_000;
/** How long a side that says nothing may only be busy. */
const SILENT_MS = 3_000;

/**
 * Opens streams of answers on both sides from time to time, one at a time, with names out of other calls; reads as many
 * messages as it has named resources, and leaves.
 */
export class StreamComparison implements AsyncDisposable {
  readonly #timer: NodeJS.Timeout;
  #underway: Promise<void> | undefined;
  #turn = 0;

  constructor(
    readonly sides: Both,
    readonly options: StreamOptions,
  ) {
    this.#timer = setInterval(() => {
      this.#underway ??= this.#compareOne().finally(() => {
        this.#underway = undefined;
      });
    }, EVERY_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#underway;
  }

  async #compareOne(): Promise<void> {
    const { streams, tally, names } = this.options;
    const method = streams[this.#turn++ % streams.length];
    const question = method && names.questionFor(method);
    if (question === undefined) return;
    const [old, candidate] = this.sides;
    const prefix = { messages: question.names, withinMs: READ_MS, silentMs: SILENT_MS };
    const { verdict, hide } = await compareQuestion(question, {
      askOld: () => old.watch(question, prefix),
      askCandidate: () => candidate.watch(question, prefix),
    });
    tally.count(verdict, { question, isStream: true, hide });
  }
}

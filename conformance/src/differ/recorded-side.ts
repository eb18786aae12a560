import type { Value } from "../cases/value.js";
import { Scope } from "../expectations/scope.js";
import type { Scene } from "../run/scene.js";
import type { PlannedCall } from "./generate/planned-call.js";
import { Pairs } from "./pairs.js";
import type { Played } from "./play.js";
import { type Player, UnmakeableCall } from "./player.js";
import type { Answer, Underway, Waiting } from "./underway.js";

interface Recorded {
  readonly answer: Answer;
  /** Of a stream that stayed open: how many messages it had told after each turn from its own on. */
  readonly told?: readonly number[];
}

/**
 * A side that answers what it has answered once, so that it need not run. Its store is what it was then: the other side has
 * to play the same sequences in the same order.
 */
export class RecordedSide implements Player {
  readonly pairs = new Pairs();
  scope = new Scope();
  earlierMs = 0;
  #answers: ReadonlyMap<number, Recorded> = new Map();
  #turn = 0;
  #isEnding = false;
  #played: Played | undefined;

  constructor(
    readonly label: string,
    readonly scene: Scene,
    readonly waiting: Waiting,
  ) {}

  /** What it answers in the next sequence. */
  load(played: Played): void {
    this.#played = played;
    const calls = played.calls.map(({ call, a }) => [call.id, { answer: a }] as const);
    const streams = played.stayed.map(
      ({ call, a, told }) => [call.id, { answer: a, ...(told && { told }) }] as const,
    );
    this.#answers = new Map([...calls, ...streams]);
  }

  async begin(): Promise<void> {
    if (this.#played === undefined) throw new Error("no sequence is loaded");
    this.scope = this.#played.scope;
    this.earlierMs = Date.now() - this.#played.beganMs;
    this.#turn = 0;
    this.#isEnding = false;
  }

  async happen(): Promise<void> {}

  prepare(call: PlannedCall, turn: number): () => Underway {
    this.#turn = turn;
    const recorded = this.#answers.get(call.id);
    if (recorded === undefined) throw new UnmakeableCall(`${call.method.name} was not recorded`);
    return () => this.#underway(call, recorded, turn);
  }

  end(): void {
    this.#isEnding = true;
  }

  #underway({ method }: PlannedCall, { answer, told }: Recorded, begun: number): Underway {
    const isOver = answer.goesOn !== true;
    const messages: readonly Value[] = answer.messages;
    const count = () => (this.#isEnding ? undefined : told?.[this.#turn - begun]) ?? messages.length;
    const kinds = {
      unary: "single",
      client_streaming: "single",
      server_streaming: "watch",
      bidi_streaming: "conversation",
    } as const;
    return {
      kind: kinds[method.methodKind],
      ended: Promise.resolve(),
      hasBegun: true,
      isOver,
      isRefused: answer.refusal !== undefined,
      get count() {
        return count();
      },
      settle: () => answer,
    };
  }
}

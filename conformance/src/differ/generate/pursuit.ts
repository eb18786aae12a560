import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { type Fields, isFields, type Value } from "../../cases/value.js";
import type { EarlierAnswers } from "./earlier-answers.js";
import { resourceTypesIn } from "./field-role.js";
import { again, type PlannedCall } from "./planned-call.js";
import type { Random } from "./random.js";

const MOST_TRIES = 4;

/** The same call with ones for numbers: the less is asked for, the sooner it is there. */
function eased(call: PlannedCall): PlannedCall {
  const ease = (value: Value): Value => {
    if (typeof value === "string") return /^[1-9]\d*$/.test(value) ? "1" : value;
    if (Array.isArray(value)) return value.map(ease);
    if (!isFields(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, ease(each)]));
  };
  return { ...call, requests: call.requests.map((request) => ease(request) as Fields) };
}

/** After a call that was refused for the state of what it names: calls that change it, and the call again after each. */
export class Pursuit {
  #goal: PlannedCall | undefined;
  #tries = 0;
  /** The last call was there to help. */
  #wasHelp = false;

  /** `make`: a valid call of a method. */
  constructor(
    readonly random: Random,
    readonly methods: readonly DescMethod[],
    readonly make: (method: DescMethod, earlier: EarlierAnswers) => PlannedCall,
  ) {}

  begin(): void {
    this.#goal = undefined;
  }

  get isUnderWay(): boolean {
    return this.#goal !== undefined;
  }

  /** The call to make after the last one; undefined where nothing is pursued. */
  next(last: PlannedCall | undefined, earlier: EarlierAnswers): PlannedCall | undefined {
    if (this.#goal === undefined) this.#start(last, earlier);
    const goal = this.#goal;
    if (goal === undefined || last === undefined) return undefined;
    if (this.#wasHelp) {
      this.#wasHelp = false;
      return goal;
    }
    this.#tries += 1;
    const isOver = earlier.isGood(last) || this.#tries > MOST_TRIES;
    const help = isOver ? undefined : this.#help(goal, earlier);
    if (help === undefined) this.#goal = undefined;
    this.#wasHelp = help !== undefined;
    return help;
  }

  #start(last: PlannedCall | undefined, earlier: EarlierAnswers): void {
    if (last === undefined || last.together !== undefined || !earlier.isRefusedByState(last)) return;
    if (!earlier.namesKnown(last) || !this.random.chance(0.6)) return;
    this.#goal = this.random.chance(0.7) ? eased(again(last)) : again(last);
    this.#tries = 0;
    this.#wasHelp = false;
  }

  #help(goal: PlannedCall, earlier: EarlierAnswers): PlannedCall | undefined {
    const types = resourceTypesIn(goal.method.input);
    const helpers = this.methods.filter(
      (method) =>
        method !== goal.method &&
        method.idempotency !== Idempotency.NO_SIDE_EFFECTS &&
        [...resourceTypesIn(method.input)].some((type) => types.has(type)),
    );
    if (helpers.length === 0) return undefined;
    return earlier.about(goal, () => this.make(this.random.pick(helpers), earlier));
  }
}

import type { DescMethod } from "@bufbuild/protobuf";
import { type Contract, isClientStream } from "@theseus/kit/contract";
import type { Fields } from "../../cases/value.js";
import { callerOf, strangeMetadata } from "./callers.js";
import type { EarlierAnswers } from "./earlier-answers.js";
import { MessageMaker } from "./message-maker.js";
import { type PlannedCall, type Sequence, takesBytes } from "./planned-call.js";
import type { Random } from "./random.js";
import { wireNoise } from "./wire-noise.js";

export interface SequenceOptions {
  /** Those that are called. */
  readonly methods: readonly DescMethod[];
  /** True for no strange bytes or metadata. */
  readonly wellFormed: boolean;
  readonly random: Random;
}

/** Makes the calls of sequences, one after the other: each can use what the answers before it gave. */
export class SequenceMaker {
  readonly methods: readonly DescMethod[];
  readonly wellFormed: boolean;
  readonly random: Random;
  readonly #maker: MessageMaker;

  constructor(contract: Contract, { methods, wellFormed, random }: SequenceOptions) {
    this.methods = methods;
    this.wellFormed = wellFormed;
    this.random = random;
    this.#maker = new MessageMaker(contract, random);
  }

  /** The next call: a new one, or an earlier one again with something changed. */
  next(id: number, before: Sequence, earlier: EarlierAnswers): PlannedCall {
    const call =
      before.length > 0 && this.random.chance(0.3)
        ? this.#changed({ ...this.random.pick(before), id }, earlier)
        : this.#fresh(id, earlier);
    return this.#disturbed(call);
  }

  #fresh(id: number, earlier: EarlierAnswers): PlannedCall {
    const method = this.random.pick(this.methods);
    earlier.method = method;
    const count = isClientStream(method) ? this.random.pick([0, 1, 1, 2, 3, 5]) : 1;
    const requests = Array.from({ length: count }, () =>
      this.#maker.make(method.input, earlier, this.random.chance(0.8)),
    );
    return { id, method, as: callerOf(method, this.random), metadata: {}, requests, bytes: "" };
  }

  /** A request id that comes again, a page after the page before, an etag that is no longer right. */
  #changed(call: PlannedCall, earlier: EarlierAnswers): PlannedCall {
    const { method, requests } = call;
    earlier.method = method;
    if (this.random.chance(0.25)) return call;
    if (this.random.chance(0.2)) return { ...call, as: callerOf(method, this.random) };
    if (requests.length === 0 || method.input.fields.length === 0) return call;
    const at = this.random.below(requests.length);
    return {
      ...call,
      requests: requests.map((each, n) => (n === at ? this.#withChange(method, each, earlier) : each)),
    };
  }

  #withChange(method: DescMethod, request: Fields, earlier: EarlierAnswers): Fields {
    const field = this.random.pick(method.input.fields);
    const { [field.name]: _, ...others } = request;
    const value = this.#maker.makeField(field, earlier);
    const left = value === undefined || this.random.chance(0.1);
    const changed = left ? others : { ...others, [field.name]: value };
    // Of a oneof at most one can be set.
    for (const other of field.oneof?.fields ?? [])
      if (other !== field) delete (changed as Record<string, unknown>)[other.name];
    return changed;
  }

  #disturbed(call: PlannedCall): PlannedCall {
    if (this.wellFormed) return call;
    if (this.random.chance(0.05)) return { ...call, metadata: strangeMetadata(this.random) };
    if (!takesBytes(call.method) || !this.random.chance(0.08)) return call;
    return { ...call, bytes: wireNoise(call.method.input, this.random) };
  }
}

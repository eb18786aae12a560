import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { isClientStream } from "@theseus/kit/contract";
import type { Peers } from "../../cases/case.js";
import type { Fields, Value } from "../../cases/value.js";
import { EMPTY_SCENE, type Scene } from "../../run/scene.js";
import { callerOf, strangeMetadata, takesUsers } from "./callers.js";
import type { EarlierAnswers } from "./earlier-answers.js";
import { resourceTypeOf } from "./field-role.js";
import type { FieldValues } from "./field-values.js";
import { MessageMaker } from "./message-maker.js";
import { MethodChoice } from "./method-choice.js";
import { again, canStayOpen, namedBy, type PlannedCall, takesBytes } from "./planned-call.js";
import { Pursuit } from "./pursuit.js";
import { QuotaUse } from "./quota-use.js";
import type { Random } from "./random.js";
import { PLAIN, themeOf } from "./theme.js";
import { variationOf } from "./variations.js";
import { wireNoise } from "./wire-noise.js";

export interface SequenceOptions {
  readonly values: FieldValues;
  /** Those that are called. */
  readonly methods: readonly DescMethod[];
  /** True for no strange bytes or metadata. */
  readonly wellFormed: boolean;
  readonly random: Random;
  /** What calls can meet. */
  readonly scene?: Scene;
}

/** Calls after those that have used a quota up. */
const AFTER_USE = 12;

/** Makes the calls of sequences, turn by turn: each can use what the answers before it gave. */
export class SequenceMaker {
  readonly #maker: MessageMaker;
  readonly #scene: Scene;
  readonly #choice: MethodChoice;
  /** Calls that are decided already, turn by turn. */
  #next: PlannedCall[][] = [];
  #isWatched = false;
  #wasTogether = false;
  #theme = PLAIN;
  #length = 0;
  readonly #use: QuotaUse;
  readonly #pursuit: Pursuit;

  constructor(readonly options: SequenceOptions) {
    this.#maker = new MessageMaker(options.values, options.random);
    this.#scene = options.scene ?? EMPTY_SCENE;
    this.#choice = new MethodChoice(options.methods, options.values);
    this.#use = new QuotaUse(options.random);
    this.#pursuit = new Pursuit(options.random, options.methods, (method, earlier) =>
      this.#callOf(method, earlier, true),
    );
  }

  /** Begins a sequence; tells how those deviate whom the service calls. */
  begin(): Peers {
    const { random, methods } = this.options;
    this.#next = [];
    this.#isWatched = false;
    this.#wasTogether = false;
    this.#use.begin();
    this.#pursuit.begin();
    this.#theme = themeOf(methods, random);
    this.#length = this.#theme.length;
    this.#maker.begin(this.#theme);
    const { peers } = this.#scene;
    return peers.length > 0 && random.chance(0.35) ? random.pick(peers) : {};
  }

  /** True when a call with this id is none of the sequence any more. */
  isOver(id: number): boolean {
    return id > this.#length && this.#next.length === 0 && !this.#use.isUnderWay && !this.#pursuit.isUnderWay;
  }

  /** The next turn, with ids from this one on: a new call, an earlier one again with something changed, or several at once. */
  turn(id: number, before: readonly PlannedCall[], earlier: EarlierAnswers): readonly PlannedCall[] {
    if (this.#next.length === 0) this.#plan(before, earlier);
    const turn = (this.#next.shift() ?? []).map((call, n) => ({ ...call, id: id + n }));
    for (const call of turn) {
      earlier.remember(call);
      if (call.staysOpen === true) this.#isWatched = true;
    }
    return turn;
  }

  #plan(before: readonly PlannedCall[], earlier: EarlierAnswers): void {
    const { random } = this.options;
    const next = this.#usingUp(before.at(-1), earlier) ?? this.#pursuit.next(before.at(-1), earlier);
    if (next !== undefined) {
      this.#next = [[this.#renewed(next)]];
      return;
    }
    const call =
      this.#continued(before, earlier) ??
      this.#repeated(before, earlier) ??
      this.#fresh(before.at(-1), earlier);
    if (this.#canBeTogether(call) && random.chance(this.#theme.atOnce)) this.#together(call, earlier);
    else this.#next = [[this.#disturbed(this.#inTheWorld(call, earlier))]];
  }

  #usingUp(last: PlannedCall | undefined, earlier: EarlierAnswers): PlannedCall | undefined {
    if (last === undefined || !this.#theme.usesUp) return undefined;
    const wasUnderWay = this.#use.isUnderWay;
    const next = this.#use.next(last, earlier);
    if (wasUnderWay && next === undefined) this.#length = Math.max(this.#length, last.id + AFTER_USE);
    return next;
  }

  #repeated(before: readonly PlannedCall[], earlier: EarlierAnswers): PlannedCall | undefined {
    const { random } = this.options;
    if (before.length === 0 || !random.chance(0.22)) return undefined;
    const good = before.filter((call) => earlier.isGood(call));
    const from = good.length > 0 && random.chance(0.7) ? good : before;
    const changed = this.#changed(again(random.pick(from)), earlier);
    return random.chance(0.4) ? this.#renewed(changed) : changed;
  }

  /** The call that goes on where an earlier one has ended, by the token that its answer gave. */
  #continued(before: readonly PlannedCall[], earlier: EarlierAnswers): PlannedCall | undefined {
    const { random } = this.options;
    if (!random.chance(0.18)) return undefined;
    const all = before.flatMap((call) =>
      earlier.handedBack(call).map(({ field, variable }) => ({ call, field, variable })),
    );
    if (all.length === 0) return undefined;
    const { call, field, variable } = random.pick(random.chance(0.5) ? all.slice(-1) : all.slice(-8));
    const [request = {}] = call.requests;
    return { ...again(call), requests: [{ ...request, [field.name]: `\${${variable}}` }] };
  }

  #fresh(last: PlannedCall | undefined, earlier: EarlierAnswers): PlannedCall {
    const { random } = this.options;
    const { focus } = this.#theme;
    const method = this.#choice.pick(random, {
      isThere: (type) => earlier.has(type),
      ...(focus && { focus }),
      ...(last && earlier.isGood(last) && { after: last.method }),
    });
    return this.#callOf(method, earlier, random.chance(0.85));
  }

  #callOf(method: DescMethod, earlier: EarlierAnswers, valid: boolean): PlannedCall {
    const { random } = this.options;
    earlier.method = method;
    const count = isClientStream(method) ? random.pick([0, 1, 1, 2, 3, 5]) : 1;
    const requests = Array.from({ length: count }, () =>
      this.#maker.make(method.input, earlier, valid || random.chance(0.5)),
    );
    const staysOpen = canStayOpen(method) && random.chance(0.6);
    const as = this.#callerOf(method, earlier, requests);
    return { id: 0, method, as, metadata: {}, requests, bytes: "", ...(staysOpen && { staysOpen }) };
  }

  /** Who has used a quota up finds that they have; what somebody has made is theirs. */
  #callerOf(method: DescMethod, earlier: EarlierAnswers, requests: readonly Fields[]): string {
    const { random } = this.options;
    const users = takesUsers(method) ? [this.#use.user, earlier.makerOf(requests)] : [];
    const user = users.find((each) => each !== undefined);
    return user !== undefined && random.chance(0.6) ? user : callerOf(method, random, earlier);
  }

  /** A request id that comes again, a page after the page before, an etag that is no longer right. */
  #changed(call: PlannedCall, earlier: EarlierAnswers): PlannedCall {
    const { random } = this.options;
    const { method, requests } = call;
    earlier.method = method;
    if (random.chance(0.25)) return call;
    if (random.chance(0.2)) return { ...call, as: callerOf(method, random, earlier) };
    if (requests.length === 0 || method.input.fields.length === 0) return call;
    const at = random.below(requests.length);
    const other = (request: Fields) =>
      random.chance(0.2) ? variationOf(request, random) : this.#withChange(method, request, earlier);
    return { ...call, requests: requests.map((each, n) => (n === at ? other(each) : each)) };
  }

  #withChange(method: DescMethod, request: Fields, earlier: EarlierAnswers): Fields {
    const { random } = this.options;
    const field = random.pick(method.input.fields);
    const { [field.name]: _, ...others } = request;
    const value = this.#maker.makeField(field, earlier);
    const left = value === undefined || random.chance(0.1);
    const changed = left ? others : { ...others, [field.name]: value };
    // Of a oneof at most one can be set.
    for (const other of field.oneof?.fields ?? [])
      if (other !== field) delete (changed as Record<string, unknown>)[other.name];
    return changed;
  }

  /** The same call with new ids of requests. */
  #renewed(call: PlannedCall): PlannedCall {
    const ids = new Map<string, string>();
    const renew = (value: Value): Value => {
      const text = JSON.stringify(value).replace(/\$\{uuid:r\d+\}/g, (id) => {
        const renewed = ids.get(id) ?? this.#maker.freshId();
        ids.set(id, renewed);
        return renewed;
      });
      return JSON.parse(text) as Value;
    };
    return { ...call, requests: call.requests.map((each) => renew(each) as Fields) };
  }

  /** What a watch tells of calls at once is in no order that could be compared. */
  #canBeTogether({ method }: PlannedCall): boolean {
    const writes = method.idempotency !== Idempotency.NO_SIDE_EFFECTS;
    return !this.#isWatched && !this.#wasTogether && writes && method.methodKind === "unary";
  }

  /** The call beside itself with other values, or beside its like; then what it was about is looked at. */
  #together(call: PlannedCall, earlier: EarlierAnswers): void {
    const { random } = this.options;
    this.#wasTogether = true;
    const others = Array.from({ length: random.pick([1, 1, 2]) }, () => {
      const like = this.#changed(call, earlier);
      return random.chance(0.6) ? this.#renewed(like) : like;
    });
    const turn = [call, ...others].map((each) => ({ ...each, bytes: "", together: 1 }));
    this.#next = [turn, ...this.#looks(turn, earlier).map((look) => [look])];
  }

  /** Reads of the resources that calls name. */
  #looks(calls: readonly PlannedCall[], earlier: EarlierAnswers): readonly PlannedCall[] {
    const { methods, random } = this.options;
    const named = new Set(calls.flatMap(namedBy));
    return methods.filter(isLook).flatMap((method) => {
      const field = method.input.fields.find((each) => resourceTypeOf(each) !== undefined);
      const type = field && resourceTypeOf(field);
      if (field === undefined || type === undefined) return [];
      const fitting = [...named].filter((variable) => earlier.fits(variable, field, type));
      return fitting.slice(0, 2).map((variable) => ({
        id: 0,
        method,
        as: callerOf(method, random, earlier),
        metadata: {},
        requests: [{ [field.name]: `\${${variable}}` }],
        bytes: "",
      }));
    });
  }

  #inTheWorld(call: PlannedCall, earlier: EarlierAnswers): PlannedCall {
    const { between } = this.#scene;
    const { random } = this.options;
    if (between.length === 0 || !random.chance(0.1)) return call;
    const after = earlier.filledIn(random.pick(between), random);
    return after === undefined ? call : { ...call, after };
  }

  /** Well-formed sequences take as much of chance: but for what is strange they are the same. */
  #disturbed(call: PlannedCall): PlannedCall {
    const disturbed = this.#withStrangeness(call);
    return this.options.wellFormed ? call : disturbed;
  }

  #withStrangeness(call: PlannedCall): PlannedCall {
    const { random } = this.options;
    if (random.chance(0.05)) return { ...call, metadata: strangeMetadata(random) };
    if (!takesBytes(call.method) || !random.chance(0.08)) return call;
    return { ...call, bytes: wireNoise(call.method.input, random) };
  }
}

/** True for a method that answers what one resource is. */
function isLook({ idempotency, methodKind, input }: DescMethod): boolean {
  return idempotency === Idempotency.NO_SIDE_EFFECTS && methodKind === "unary" && input.fields.length > 0;
}

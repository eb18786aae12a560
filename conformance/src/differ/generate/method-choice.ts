import type { DescField, DescMessage, DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { isServerStream } from "@theseus/kit/contract";
import { FieldBehavior, has, resourceTypeOf } from "./field-role.js";
import type { FieldValues } from "./field-values.js";
import type { Random } from "./random.js";

interface Weighed {
  readonly method: DescMethod;
  /** Types of resources without one of which it has nothing to do. */
  readonly needs: ReadonlySet<string>;
  /** Type of the resource that it answers. */
  readonly gives?: string;
}

const DEEPEST = 4;
const FOCUSED = 6;

const FOLLOWING = 3;

export interface Liking {
  isThere(type: string): boolean;
  /** Called more often than others, once it has what it needs. */
  readonly focus?: DescMethod;
  /** The method that was called last: those that need what it has given are called more often than others. */
  readonly after?: DescMethod;
}

/** Which method is called next: one that finds what it needs as a rule, and one that makes what there is none of. */
export class MethodChoice {
  readonly #all: readonly Weighed[];
  /** Types that some method makes. */
  readonly #made: ReadonlySet<string>;

  constructor(methods: readonly DescMethod[], values: FieldValues) {
    const weighed = methods.map((method) => weigh(method, values));
    this.#made = new Set(weighed.flatMap(({ gives, needs }) => (gives && !needs.has(gives) ? [gives] : [])));
    this.#all = weighed;
  }

  pick(random: Random, { isThere, focus, after }: Liking): DescMethod {
    const given = this.#all.find(({ method }) => method === after)?.gives;
    const weights = this.#all.map((each) => {
      const follows = given !== undefined && each.needs.has(given);
      return (
        this.#weightOf(each, isThere) * (each.method === focus ? FOCUSED : 1) * (follows ? FOLLOWING : 1)
      );
    });
    let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
    const at = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return (this.#all[at] ?? (this.#all[0] as Weighed)).method;
  }

  #weightOf({ method, needs, gives }: Weighed, isThere: (type: string) => boolean): number {
    const missing = [...needs].some((type) => this.#made.has(type) && !isThere(type));
    if (missing) return 0.15;
    // Whoever waits for a stream to be quiet makes no other calls meanwhile.
    if (isServerStream(method)) return 0.6;
    if (gives !== undefined && !needs.has(gives)) return isThere(gives) ? 1.5 : 5;
    return method.idempotency === Idempotency.NO_SIDE_EFFECTS ? 1 : 2;
  }
}

function weigh(method: DescMethod, values: FieldValues): Weighed {
  const identifier = method.output.fields.find((field) => has(field, FieldBehavior.IDENTIFIER));
  const gives = identifier && resourceTypeOf(identifier);
  return { method, needs: new Set(neededBy(method.input, values)), ...(gives !== undefined && { gives }) };
}

function* neededBy(message: DescMessage, values: FieldValues, depth = 0): Iterable<string> {
  for (const field of message.fields) {
    if (!has(field, FieldBehavior.REQUIRED) || depth > DEEPEST) continue;
    const type = resourceTypeOf(field);
    if (type !== undefined) yield type;
    if (field.fieldKind === "map" || field.message === undefined) continue;
    yield* neededBy(field.message, values, depth + 1);
    const named = field.fieldKind === "message" ? namedIn(field, values) : undefined;
    if (named !== undefined) yield named;
  }
}

/** Type of the resource that a field of a request has to name by the request's rules, such as the one to be changed. */
function namedIn(field: DescField & { fieldKind: "message" }, values: FieldValues): string | undefined {
  const identifier = field.message.fields.find((each) => has(each, FieldBehavior.IDENTIFIER));
  const type = identifier && resourceTypeOf(identifier);
  if (identifier === undefined || type === undefined) return undefined;
  const broken = (inner: Record<string, string>) =>
    values.rulesBroken(field.parent, { [field.name]: inner }) ?? 0;
  const name = values.nameOf(type);
  return broken({}) > broken({ [identifier.name]: name }) ? type : undefined;
}

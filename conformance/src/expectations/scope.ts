import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Fields, Value } from "../cases/value.js";
import { IDENTITY } from "../targets/identity.js";

/** The variables of a case: those that it bound, and those that are made for it when they are first named. */
export class Scope {
  readonly #bound = new Map<string, Value>();
  readonly #saved = new Map<string, Value>();
  readonly #run: string;

  /** `run` is unique, so that cases that share a target do not find what others made; two scopes of one make the same. */
  constructor(run: string = randomBytes(5).toString("hex")) {
    this.#run = run;
  }

  bind(name: string, value: Value): void {
    this.#bound.set(name, value);
  }

  save(name: string, value: Value): void {
    this.#saved.set(name, value);
  }

  saved(name: string): Value {
    const value = this.#saved.get(name);
    if (value === undefined) throw new Error(`nothing is saved as "${name}"`);
    return value;
  }

  /**
   * A copy with every `${…}` put in, in names of fields too: what was bound; `${uuid}` and `${id}`, new each time; `${uuid:x}`, `${id:x}`,
   * `${email:x}`, `${user:x}`, `${hex:32:x}` (so many hex digits), the same for the same x; `${long:200}`, so many characters (`${long:200:ß}`, of this).
   *
   * A text that is one variable alone becomes the variable's value, of any type. `{$repeat: 3, value: …}` becomes a
   * list with so many entries, in which `${n}` counts from 0.
   */
  fill<T extends Value>(value: T): T {
    return this.#fill(value) as T;
  }

  /** Resource name of a user whom a case calls so: what their tokens have as subject. A resource name is itself. */
  user(name: string): string {
    if (name.startsWith(IDENTITY.TOKEN_SUBJECT_PREFIX)) return name;
    return String(this.#bound.get(`user:${name}`) ?? `${IDENTITY.TOKEN_SUBJECT_PREFIX}${name}-${this.#run}`);
  }

  /** `sid` of a principal's token. */
  session(name: string): string {
    return String(this.#bound.get(`session:${name}`) ?? `session-of-${name}-${this.#run}`);
  }

  #fill(value: Value): Value {
    if (typeof value === "string") return this.#fillText(value);
    if (Array.isArray(value)) return value.map((entry) => this.#fill(entry));
    if (value === null || typeof value !== "object") return value;
    if ("$repeat" in value) return this.#repeat(value as Fields);
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [String(this.#fillText(key)), this.#fill(inner)]),
    );
  }

  #repeat({ $repeat, value = null }: Fields): Value {
    return Array.from({ length: Number($repeat) }, (_, n) => {
      this.bind("n", n);
      return this.#fill(value);
    });
  }

  #fillText(text: string): Value {
    const whole = /^\$\{([^}]+)\}$/.exec(text);
    if (whole?.[1] !== undefined) return this.#value(whole[1]);
    return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => String(this.#value(name)));
  }

  #value(expression: string): Value {
    const known = this.#bound.get(expression);
    if (known !== undefined) return known;
    if (expression === "uuid") return randomUUID();
    if (expression === "id") return randomBytes(10).toString("hex");
    const [, kind, argument = ""] = /^([a-z]+):(.*)$/.exec(expression) ?? [];
    const made = this.#make(kind, argument);
    if (made === undefined) throw new Error(`\${${expression}} is not bound`);
    this.#bound.set(expression, made);
    return made;
  }

  #make(kind: string | undefined, argument: string): Value | undefined {
    switch (kind) {
      case "uuid":
        return uuidOf(`${this.#run} ${argument}`);
      case "id":
        return `${argument}-${this.#run}`;
      case "hex": {
        const [, length, name = ""] = /^(\d+):(.*)$/.exec(argument) ?? [];
        return createHash("sha256").update(`${this.#run} ${name}`).digest("hex").slice(0, Number(length));
      }
      case "email":
        return `${argument}-${this.#run}@conformance.example`;
      case "user":
        return this.user(argument);
      case "session":
        return this.session(argument);
      case "long": {
        const [, length, character = "x"] = /^(\d+)(?::(.))?$/u.exec(argument) ?? [];
        return character.repeat(Number(length));
      }
      default:
        return undefined;
    }
  }
}

/** The same UUID of version 4 for the same text. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

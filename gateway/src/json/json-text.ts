import type { JsonObject, JsonValue } from "@bufbuild/protobuf";

const MAX_DEPTH = 100;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
/** Of every object without members: many cost no more than the text that they are. */
const EMPTY: JsonObject = Object.freeze(Object.create(null));
const LONE_SURROGATE = /\p{Surrogate}/u;
const WORDS: readonly (readonly [string, JsonValue])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

/** Text that is not JSON; the message says what is wrong and where, and quotes nothing of it. */
export class JsonTextError extends Error {
  override readonly name = "JsonTextError";
}

/** Text with more values than are allowed, whatever follows. */
export class TooManyValuesError extends Error {
  override readonly name = "TooManyValuesError";
}

/**
 * Parses one JSON value (RFC 8259) and nothing after it, of at most `maxValues` values in all: to read a value takes work,
 * however few bytes it is. Stricter than JSON.parse: a key that comes twice, a lone
 * surrogate and more than 100 levels are refused. A number that a double cannot hold exactly is returned as its text,
 * which ProtoJSON takes for a number too: so no 64-bit integer is rounded.
 */
export function parseJsonText(text: string, maxValues: number): JsonValue {
  return new Parser(text, maxValues).document();
}

class Parser {
  readonly #text: string;
  readonly #maxValues: number;
  #values = 0;
  #at = 0;

  constructor(text: string, maxValues: number) {
    this.#text = text;
    this.#maxValues = maxValues;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail("text after the value");
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) this.#fail(`more than ${MAX_DEPTH} levels`);
    if (++this.#values > this.#maxValues) throw new TooManyValuesError(`more than ${this.#maxValues} values`);
    this.#space();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      default:
        return this.#wordOrNumber();
    }
  }

  #object(depth: number): JsonObject {
    this.#at += 1;
    if (this.#takes("}")) return EMPTY;
    const object: JsonObject = Object.create(null);
    do {
      this.#space();
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') this.#fail("no key where one must be");
      const key = this.#string();
      if (key in object) this.#fail("a key that was there before", keyAt);
      if (!this.#takes(":")) this.#fail('no ":" after a key');
      object[key] = this.#value(depth + 1);
    } while (this.#takes(","));
    if (!this.#takes("}")) this.#fail('no "," or "}" after a value');
    return object;
  }

  #array(depth: number): JsonValue[] {
    const array: JsonValue[] = [];
    this.#at += 1;
    if (this.#takes("]")) return array;
    do array.push(this.#value(depth + 1));
    while (this.#takes(","));
    if (!this.#takes("]")) this.#fail('no "," or "]" after a value');
    return array;
  }

  #string(): string {
    const start = this.#at;
    let end = start + 1;
    let escaped = false;
    for (;;) {
      const code = this.#text.charCodeAt(end);
      if (code === 0x22) break;
      if (Number.isNaN(code)) this.#fail("a string without its end", start);
      if (code < 0x20) this.#fail("a control character in a string", end);
      escaped ||= code === 0x5c;
      end += code === 0x5c ? 2 : 1;
    }
    this.#at = end + 1;
    return escaped ? this.#unescape(start, end + 1) : this.#text.slice(start + 1, end);
  }

  #unescape(start: number, end: number): string {
    let value = "";
    try {
      value = JSON.parse(this.#text.slice(start, end));
    } catch {
      this.#fail("a bad escape in the string", start);
    }
    if (LONE_SURROGATE.test(value)) this.#fail("half a surrogate pair in the string", start);
    return value;
  }

  #wordOrNumber(): JsonValue {
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    NUMBER.lastIndex = this.#at;
    const [digits] = NUMBER.exec(this.#text) ?? [];
    if (digits === undefined)
      return this.#fail(this.#at < this.#text.length ? "no value where one must be" : "the end too early");
    this.#at += digits.length;
    const number = Number(digits);
    return Number.isSafeInteger(number) || (Number.isFinite(number) && !Number.isInteger(number))
      ? number
      : digits;
  }

  #takes(token: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    if (this.#text.charCodeAt(this.#at) > 0x20) return;
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #fail(problem: string, at = this.#at): never {
    const before = this.#text.slice(0, at).split("\n");
    throw new JsonTextError(
      `not JSON: ${problem}, at line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`,
    );
  }
}

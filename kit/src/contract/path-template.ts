import { HttpRuleError } from "./http-rule-error.js";

/** One place of a path: a literal (percent-decoded), exactly one segment, or all that is left. */
export type Segment = { readonly literal: string } | "*" | "**";

/** A variable and the segments that it takes: from `start` up to `end`. */
export interface PathVariable {
  readonly fieldPath: readonly string[];
  readonly start: number;
  readonly end: number;
  /** True for `{x}` and `{x=*}`: `%2F` in it is a slash of the value. */
  readonly single: boolean;
}

/** A path of google.api.http, parsed. */
export interface PathTemplate {
  readonly segments: readonly Segment[];
  readonly verb: string | undefined;
  readonly variables: readonly PathVariable[];
}

const IDENT = /[A-Za-z_][A-Za-z0-9_]*/y;
const LITERAL = /(?:[A-Za-z0-9\-._~!$&'()+,;@]|%[0-9A-Fa-f]{2})+/y;

/** Parses by the grammar of google/api/http.proto. Throws HttpRuleError, whose message names the place. */
export function parsePathTemplate(text: string): PathTemplate {
  return new Parser(text).template();
}

class Parser {
  readonly #text: string;
  #at = 0;
  readonly #segments: Segment[] = [];
  readonly #variables: PathVariable[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  template(): PathTemplate {
    this.#expect("/");
    this.#run(() => this.#segment());
    const verb = this.#take(":") ? this.#literal("a verb") : undefined;
    if (this.#at < this.#text.length) this.#fail("an unexpected character");
    const rest = this.#segments.indexOf("**");
    if (rest >= 0 && rest < this.#segments.length - 1) throw new HttpRuleError("** must be the last segment");
    return { segments: this.#segments, verb, variables: this.#variables };
  }

  #run(segment: () => void): void {
    do segment();
    while (this.#take("/"));
  }

  #segment(): void {
    if (this.#take("{")) this.#variable();
    else this.#plainSegment();
  }

  #plainSegment(): void {
    if (this.#take("**")) this.#segments.push("**");
    else if (this.#take("*")) this.#segments.push("*");
    else this.#segments.push({ literal: this.#literal("a segment") });
  }

  #variable(): void {
    const start = this.#segments.length;
    const fieldPath = [this.#match(IDENT, "a field name")];
    while (this.#take(".")) fieldPath.push(this.#match(IDENT, "a field name"));
    if (this.#take("=")) this.#run(() => this.#plainSegment());
    else this.#segments.push("*");
    this.#expect("}");
    const end = this.#segments.length;
    const single = end === start + 1 && this.#segments[start] === "*";
    this.#variables.push({ fieldPath, start, end, single });
  }

  #literal(what: string): string {
    const text = this.#match(LITERAL, what);
    try {
      return decodeURIComponent(text);
    } catch {
      return this.#fail("a percent-encoding that is not UTF-8");
    }
  }

  #match(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) return this.#fail(`no ${what.replace(/^an? /, "")}`);
    this.#at += found.length;
    return found;
  }

  #take(token: string): boolean {
    const found = this.#text.startsWith(token, this.#at);
    if (found) this.#at += token.length;
    return found;
  }

  #expect(token: string): void {
    if (!this.#take(token)) this.#fail(`no "${token}"`);
  }

  #fail(what: string): never {
    throw new HttpRuleError(`${what} at character ${this.#at + 1} of ${JSON.stringify(this.#text)}`);
  }
}

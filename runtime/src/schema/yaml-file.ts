import { readFileSync } from "node:fs";
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from "yaml";
import type { z } from "zod";
import type { Faults } from "./faults.js";
import { describeIssue, type Path } from "./schema-faults.js";

/** A YAML file, with the line of everything in it. JSON is YAML too. */
export class YamlFile {
  readonly #lines = new LineCounter();
  readonly #document: Document;

  /** `shown` is what faults call the file, such as `cases/orders/create.yaml`. */
  constructor(
    path: string,
    readonly shown: string,
    readonly faults: Faults,
  ) {
    this.#document = parseDocument(readFileSync(path, "utf8"), { lineCounter: this.#lines });
    for (const { pos, message } of this.#document.errors)
      faults.add(this.#placeOf(pos[0]), message.split("\n")[0] ?? message);
    this.#refuseLargeNumbers();
    this.#refuseDoubledAnchors();
  }

  /** What the file says; undefined when it is not as it must be, which is reported. */
  read<S extends z.ZodType>(schema: S): z.output<S> | undefined {
    return this.#document.errors.length > 0 ? undefined : this.check(schema, this.#document.toJS(), []);
  }

  /** File and line of what is at a path; of what is around it where there is nothing. */
  place(path: Path): string {
    let node: unknown = this.#document.contents;
    let offset = 0;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.#document);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
        if (pair === undefined) break;
        if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(step)];
        if (isNode(node)) offset = node.range?.[0] ?? offset;
      } else break;
    }
    return this.#placeOf(offset);
  }

  report(path: Path, fault: string): void {
    this.faults.add(this.place(path), fault);
  }

  /** The value at a path, as its schema has it; undefined when it is not as it must be, which is reported. */
  check<S extends z.ZodType>(schema: S, value: unknown, path: Path): z.output<S> | undefined {
    const { success, data, error } = schema.safeParse(value);
    if (success) return data;
    for (const issue of error.issues)
      for (const { at, fault } of describeIssue(issue, value, path)) this.report(at, fault);
    return undefined;
  }

  #placeOf(offset: number): string {
    return `${this.shown}:${this.#lines.linePos(offset).line}`;
  }

  #refuseLargeNumbers(): void {
    visit(this.#document, {
      Scalar: (_, { value, source, range }) => {
        if (typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value)) return;
        this.faults.add(this.#placeOf(range?.[0] ?? 0), `${source} is beyond 2^53 and must be a text`);
      },
    });
  }

  /** YAML lets a later anchor take over the name of an earlier one; other parsers refuse that, and it misleads readers. */
  #refuseDoubledAnchors(): void {
    const first = new Map<string, string>();
    visit(this.#document, {
      Node: (_, node) => {
        if (isAlias(node) || node.anchor === undefined) return;
        const place = this.#placeOf(node.range?.[0] ?? 0);
        const earlier = first.get(node.anchor);
        if (earlier !== undefined)
          this.faults.add(place, `the anchor &${node.anchor} is taken by ${earlier}`);
        else first.set(node.anchor, place);
      },
    });
  }
}

import type { DescField, DescMessage, DescMethod } from "@bufbuild/protobuf";
import { isFields, type Value } from "../../cases/value.js";
import { isHandedBackAs, isOpaque, resourceTypeOf } from "./field-role.js";
import type { Earlier } from "./message-maker.js";
import { variableOf } from "./planned-call.js";

/** A text of an answer that a later request can take. */
export interface Found {
  readonly field: DescField;
  /** `items[0].name` */
  readonly path: string;
  readonly value: string;
}

/** The names, etags and tokens of a message, as its JSON has them. */
export function* foundIn(message: DescMessage, value: Value, above = ""): Iterable<Found> {
  if (!isFields(value)) return;
  for (const field of message.fields) {
    const at = `${above}${field.name}`;
    for (const [path, entry] of entriesOf(value[field.name] ?? null, at)) {
      if (field.message !== undefined) yield* foundIn(field.message, entry, `${path}.`);
      else if (isTaken(field) && typeof entry === "string" && entry !== "")
        yield { field, path, value: entry };
    }
  }
}

function entriesOf(value: Value, path: string): readonly (readonly [string, Value])[] {
  return Array.isArray(value) ? value.map((entry, index) => [`${path}[${index}]`, entry]) : [[path, value]];
}

function isTaken(field: DescField): boolean {
  return isOpaque(field) || resourceTypeOf(field) !== undefined;
}

interface Remembered {
  readonly method: DescMethod;
  readonly field: DescField;
  readonly variable: string;
}

/** So many of the newest fitting ones are chosen from: what happened to one resource lately is what matters. */
const NEWEST = 6;

/** What the answers to a sequence have given so far. */
export class EarlierAnswers implements Earlier {
  readonly #all: Remembered[] = [];
  /** Of the call that is being made. */
  method: DescMethod | undefined;

  add(id: number, method: DescMethod, found: Iterable<Found>): void {
    for (const { field, path } of found) this.#all.push({ method, field, variable: variableOf(id, path) });
  }

  variablesFor(field: DescField, resourceType: string | undefined): readonly string[] {
    const fitting = this.#all.filter((each) =>
      resourceType === undefined
        ? this.#isHandedBack(each, field)
        : resourceTypeOf(each.field) === resourceType,
    );
    return fitting.slice(-NEWEST).map(({ variable }) => variable);
  }

  #isHandedBack({ method, field: answered }: Remembered, requested: DescField): boolean {
    if (!isOpaque(answered) || !isHandedBackAs(answered.name, requested.name)) return false;
    return method === this.method || answered.name === requested.name;
  }
}

import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { isRedacted } from "@theseus/kit/contract";
import { type Fields, isFields, type Value } from "../ask/answer.js";

export const REDACTED = "(redacted)";

/** A text of fewer characters may be there for other reasons than because a secret has it. */
const LEAST = 4;
const LONGEST = 200;

/** A field's value as a text for people; what the contract marks `debug_redact` is not in it. */
export function shown(field: DescField, value: Value | undefined): string {
  if (value === undefined) return "absent";
  const text = JSON.stringify(withoutSecrets(field, value));
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** A message without the values of its fields that are `debug_redact`, at any depth. */
export function redacted({ fields }: DescMessage, value: Fields): Fields {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const field = fields.find((each) => each.name === name);
      return [name, field === undefined || inner === undefined ? inner : withoutSecrets(field, inner)];
    }),
  );
}

function withoutSecrets(field: DescField, value: Value): Value {
  if (isRedacted(field)) return value === "" ? value : REDACTED;
  if (Array.isArray(value)) return value.map((each: Value) => withoutSecrets(field, each));
  const { message } = field;
  return message !== undefined && field.fieldKind !== "map" && isFields(value)
    ? redacted(message, value)
    : value;
}

/** The values of fields that are `debug_redact`, which other texts may repeat. */
export function* secretsIn({ fields }: DescMessage, value: Fields): Iterable<string> {
  for (const field of fields) {
    const inner = value[field.name];
    const entries: readonly (Value | undefined)[] = Array.isArray(inner)
      ? inner
      : [inner as Value | undefined];
    for (const entry of entries) {
      if (isRedacted(field) && entry !== undefined && String(entry).length >= LEAST) yield String(entry);
      else if (isFields(entry) && field.message !== undefined && field.fieldKind !== "map")
        yield* secretsIn(field.message, entry);
    }
  }
}

/** A text in which none of the secrets is repeated. */
export function hide(text: string, secrets: Iterable<string>): string {
  let hidden = text;
  for (const secret of secrets) hidden = hidden.replaceAll(secret, REDACTED);
  return hidden;
}

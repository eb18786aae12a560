import type { DescField, DescMessage } from "@bufbuild/protobuf";

/** A field by its name in the contract or its JSON name. */
export function fieldNamed(message: DescMessage, name: string): DescField | undefined {
  return message.fields.find((field) => field.name === name || field.jsonName === name);
}

/**
 * A field path of the contract, `lines[2].unit_price`, in JSON names: `lines[2].unitPrice`. A part that is no field of
 * the message, and everything after it, stays as it is.
 */
export function toJsonPath(path: string, message: DescMessage): string {
  const parts: string[] = [];
  let desc: DescMessage | undefined = message;
  for (const part of path.match(/(?:\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\]|[^.[])+/g) ?? []) {
    const bracket = part.indexOf("[");
    const name = bracket < 0 ? part : part.slice(0, bracket);
    const field: DescField | undefined = desc && fieldNamed(desc, name);
    parts.push(field ? field.jsonName + part.slice(name.length) : part);
    desc = field?.message;
  }
  return parts.join(".");
}

import { type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";

/** The bytes of a message after a change of it and of every message in it, innermost first. */
export function changeMessages(
  schema: DescMessage,
  bytes: Uint8Array,
  change: (message: ReflectMessage) => void,
): Uint8Array {
  const root = reflect(schema, fromBinary(schema, bytes));
  visit(root, change);
  return toBinary(schema, root.message);
}

export function visit(message: ReflectMessage, change: (message: ReflectMessage) => void): void {
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    if (field.fieldKind === "message") {
      const inner = message.get(field);
      visit(inner, change);
      message.set(field, inner);
    }
    if (field.fieldKind === "list" && field.listKind === "message") {
      for (const entry of message.get(field)) visit(entry as ReflectMessage, change);
    }
  }
  change(message);
}

/** The reflected message, as its generated type. */
export function messageOf<T extends Message>(reflected: ReflectMessage): T {
  return reflected.message as T;
}

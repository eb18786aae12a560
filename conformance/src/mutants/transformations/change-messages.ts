import {
  type DescMessage,
  fromBinary,
  isMessage,
  type Message,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";

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

/** Changes the 64-bit integers of a message, but for those of times. */
export function eachInt64(change: (value: bigint) => bigint): (message: ReflectMessage) => void {
  return (message) => {
    if (isTime(message)) return;
    for (const field of message.fields) {
      if (field.fieldKind !== "scalar" || field.scalar !== ScalarType.INT64) continue;
      message.set(field, BigInt.asIntN(64, change(BigInt(message.get(field)))));
    }
  };
}

export function isTime({ message }: ReflectMessage): boolean {
  return isMessage(message, TimestampSchema);
}

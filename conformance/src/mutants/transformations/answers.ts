import type { DescMethod, Message } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { z } from "zod";
import type { Transformation } from "../transformation.js";
import { changeMessages, eachInt64, isTime, messageOf } from "./change-messages.js";
import { parametrised, type Transformations } from "./parametrised.js";

/** What can be wrong with the messages that a service answers. */
export const ANSWERS = {
  "int64-as-double": () => integers((value) => BigInt(Number(value))),
  "int64-as-int32": () => integers((value) => BigInt.asIntN(32, value)),
  "seconds-for-milliseconds": () =>
    times((time) => {
      time.seconds = time.seconds * 1000n + BigInt(time.nanos / 1_000_000);
      time.nanos = 0;
    }),
  "milliseconds-cut": () =>
    times((time) => {
      time.nanos = 0;
    }),
  "microseconds-in-times": () =>
    times((time) => {
      time.nanos += 1000;
    }),
  "default-instead-of-absent": () =>
    messages((message) => {
      for (const field of message.fields) {
        if (field.fieldKind !== "message" || field.oneof !== undefined || message.isSet(field)) continue;
        message.set(field, reflect(field.message));
      }
    }),
  "enums-unset": () =>
    messages((message) => {
      for (const field of message.fields) if (field.fieldKind === "enum") message.clear(field);
    }),
  "field-unset": parametrised({ field: z.string() }, ({ field: name }) => {
    return messages((message) => {
      for (const field of message.fields) if (field.name === name) message.clear(field);
    });
  }),
  "list-reversed": parametrised({ field: z.string() }, ({ field: name }) => {
    return messages((message) => {
      const field = message.fields.find((each) => each.name === name);
      if (field?.fieldKind !== "list") return;
      const list = message.get(field);
      const reversed = [...list].reverse();
      list.clear();
      for (const entry of reversed) list.add(entry);
    });
  }),
  "names-without-collection": () =>
    messages((message) => {
      const field = message.fields.find(({ name }) => name === "name");
      if (field === undefined || field.fieldKind !== "scalar") return;
      message.set(field, String(message.get(field)).replace(/^.*\//, ""));
    }),
} satisfies Transformations;

function messages(change: (message: ReflectMessage) => void): Transformation {
  return {
    response(bytes, { method }) {
      return { messages: [isOurs(method) ? changeMessages(method.output, bytes, change) : bytes] };
    },
  };
}

/** gRPC's own protocols are left alone. */
function isOurs(method: DescMethod): boolean {
  return method.parent.typeName.startsWith("theseus.");
}

function integers(change: (value: bigint) => bigint): Transformation {
  return messages(eachInt64(change));
}

function times(change: (time: Timestamp) => void): Transformation {
  return messages((message) => {
    if (isTime(message)) change(messageOf<Timestamp & Message>(message));
  });
}

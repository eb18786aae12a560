import { randomUUID } from "node:crypto";
import { fromBinary } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { Code } from "@theseus/kit/contract";
import { z } from "zod";
import { refusal } from "../ending.js";
import type { Transformation } from "../transformation.js";
import { changeMessages, eachInt64, visit } from "./change-messages.js";
import { parametrised, type Transformations } from "./parametrised.js";

/** What can be wrong with how a service takes requests. */
export const REQUESTS = {
  "field-ignored": parametrised({ field: z.string() }, ({ field: name }) => {
    return requests((message) => {
      for (const field of message.fields) if (field.name === name) message.clear(field);
    });
  }),
  "request-id-ignored": () =>
    requests((message) => {
      const field = message.fields.find(({ name }) => name === "request_id");
      if (field?.fieldKind === "scalar" && message.isSet(field)) message.set(field, randomUUID());
    }),
  "asked-int64-as-int32": () => requests(eachInt64((value) => BigInt.asIntN(32, value))),
  "asked-int64-as-double": () => requests(eachInt64((value) => BigInt(Number(value)))),
  "unknown-fields-refused": () => ({
    request: (bytes, { method }) => {
      let unknown = false;
      try {
        visit(reflect(method.input, fromBinary(method.input, bytes)), ({ message }) => {
          unknown ||= (message.$unknown?.length ?? 0) > 0;
        });
      } catch {
        return bytes;
      }
      return unknown
        ? refusal(Code.INVALID_ARGUMENT, "REQUEST_MALFORMED", "the request has an unknown field")
        : bytes;
    },
  }),
  "large-refused": parametrised({ above: z.int() }, ({ above: limit }) => {
    return {
      request: (bytes) =>
        bytes.length > limit
          ? refusal(Code.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE", "the message is too large")
          : bytes,
    };
  }),
  "empty-refused": () => ({
    request: (bytes) =>
      bytes.length === 0
        ? refusal(Code.INVALID_ARGUMENT, "REQUEST_MALFORMED", "the message is empty")
        : bytes,
  }),
  "everybody-is-admin": () => ({
    headers: ({ headers }) => {
      const claims = headers["x-theseus-claims"];
      if (claims === undefined) return;
      const payload = {
        ...JSON.parse(Buffer.from(claims, "base64url").toString()),
        roles: ["customer", "admin"],
      };
      headers["x-theseus-claims"] = Buffer.from(JSON.stringify(payload)).toString("base64url");
    },
  }),
  "header-ignored": parametrised({ header: z.string() }, ({ header: name }) => {
    return {
      headers: ({ headers }) => {
        delete headers[name];
      },
    };
  }),
} satisfies Transformations;

function requests(change: (message: ReflectMessage) => void): Transformation {
  return {
    request(bytes, { method }) {
      try {
        return changeMessages(method.input, bytes, change);
      } catch {
        // What cannot be read is for the implementation to refuse.
        return bytes;
      }
    },
  };
}

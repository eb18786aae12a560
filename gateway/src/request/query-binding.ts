import type { DescField, DescMessage, JsonObject } from "@bufbuild/protobuf";
import type { Violation } from "@theseus/kit/contract";
import { GatewayError, malformed } from "../errors/gateway-error.js";
import { fieldNamed } from "../json/field-path.js";
import { isTextField, isTextMessage, setText } from "../json/field-text.js";
import type { Route } from "../routes/route.js";

type Pair = readonly [name: string, value: string];

/** Name and value of each parameter, decoded once. Throws REQUEST_MALFORMED for a bad percent-encoding. */
export function parseQuery(query: string): readonly Pair[] {
  return query
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const equals = part.indexOf("=");
      return equals < 0
        ? [decode(part), ""]
        : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))];
    });
}

/**
 * The parameters as one JSON object for the request. Throws REQUEST_MALFORMED that names each parameter which is no
 * field, belongs to the path or the body, comes twice though its field holds one value, or stands for a whole message.
 */
export function bindQuery(route: Route, pairs: readonly Pair[]): JsonObject {
  const json: JsonObject = {};
  const violations: Violation[] = [];
  for (const [name, value] of pairs) {
    const fields = resolve(route.method.input, name);
    const problem = fields
      ? (problemOf(route, fields) ?? (setText(json, fields, value) ? undefined : "is given twice"))
      : "there is no such parameter";
    if (problem) violations.push({ field: spell(fields, name), rule: "query", message: problem });
  }
  if (violations.length > 0) throw malformed(violations);
  return json;
}

/** The fields of a dotted name, each in its JSON name or the contract's; undefined when one does not exist. */
function resolve(message: DescMessage, name: string): readonly DescField[] | undefined {
  const fields: DescField[] = [];
  let desc: DescMessage | undefined = message;
  for (const part of name.split(".")) {
    const field: DescField | undefined = desc && fieldNamed(desc, part);
    if (!field) return undefined;
    fields.push(field);
    desc = field.fieldKind === "message" && !isTextMessage(field.message) ? field.message : undefined;
  }
  return fields;
}

function problemOf(route: Route, fields: readonly DescField[]): string | undefined {
  if (route.body === "*") return "all but the path is in the body";
  if (route.body === fields[0]) return "is in the body";
  const bound = route.variables.some((variable) =>
    variable.fields.every((field, index) => field === fields[index]),
  );
  if (bound) return "is in the path";
  const last = fields.at(-1);
  if (last && !isTextField(last)) {
    return last.fieldKind === "message"
      ? "is a message: name one of its fields"
      : "cannot be given as a parameter";
  }
  return undefined;
}

function spell(fields: readonly DescField[] | undefined, name: string): string {
  return fields ? fields.map((field) => field.jsonName).join(".") : name.slice(0, 64);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (cause) {
    throw new GatewayError("REQUEST_MALFORMED", "the query has a percent-encoding that is not UTF-8", {
      cause,
    });
  }
}

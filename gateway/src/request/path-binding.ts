import type { JsonObject, Message, Registry } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import type { Violation } from "@theseus/kit/contract";
import { malformed } from "../errors/gateway-error.js";
import { setText } from "../json/field-text.js";
import { decodeMessage } from "../json/json-codec.js";
import { type RequestPath, variableValue } from "../routes/request-path.js";
import type { BoundVariable, Route } from "../routes/route.js";

/** Sets the fields that the path gives. A body may repeat their values; one that differs is refused. */
export function createPathBinder(
  route: Route,
  path: RequestPath,
  registry: Registry,
): (request: Message) => void {
  const { input } = route.method;
  if (route.variables.length === 0) return () => {};
  const json: JsonObject = {};
  for (const variable of route.variables)
    setText(json, variable.fields, variableValue(path, variable, route.template.segments.length));
  const given = reflect(input, decodeMessage(input, json, registry));
  return (request) => {
    const target = reflect(input, request);
    const violations = route.variables.flatMap((variable) => bind(target, given, variable));
    if (violations.length > 0) throw malformed(violations);
  };
}

function bind(target: ReflectMessage, given: ReflectMessage, variable: BoundVariable): readonly Violation[] {
  let [to, from] = [target, given];
  for (const field of variable.fields) {
    const place = { field: variable.fields.map((each) => each.jsonName).join("."), rule: "path" };
    const rival = field.oneof && to.oneofCase(field.oneof);
    if (rival && rival !== field)
      return [{ ...place, message: `is in the path; ${rival.jsonName} excludes it` }];
    if (field.fieldKind === "message") {
      if (!to.isSet(field)) to.set(field, reflect(field.message));
      [to, from] = [to.get(field), from.get(field)];
      continue;
    }
    if (to.isSet(field) && to.get(field) !== from.get(field)) {
      if (!isZero(to.get(field))) return [{ ...place, message: "differs from the path" }];
    }
    to.set(field, from.get(field));
  }
  return [];
}

function isZero(value: unknown): boolean {
  return value === "" || value === 0 || value === 0n || value === false;
}

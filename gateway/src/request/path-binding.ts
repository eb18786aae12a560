import type { DescField, JsonObject, JsonValue, Message, Registry } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import type { Violation } from "@theseus/kit/contract";
import { malformed } from "../errors/gateway-error.js";
import { textToJson } from "../json/field-text.js";
import { decodeMessage } from "../json/json-codec.js";
import { type RequestPath, variableValue } from "../routes/request-path.js";
import type { BoundVariable, Route } from "../routes/route.js";

/** Sets what the path says in a request. A body may repeat it; one that says something else is refused. */
export function createPathBinder(
  route: Route,
  path: RequestPath,
  registry: Registry,
): (request: Message) => void {
  const { input } = route.method;
  if (route.variables.length === 0) return () => {};
  let json: JsonObject = {};
  for (const variable of route.variables) {
    const text = variableValue(path, variable, route.template.segments.length);
    const last = variable.fields[variable.fields.length - 1];
    if (last) json = nest(json, variable.fields, textToJson(last, text));
  }
  const given = reflect(input, decodeMessage(input, json, registry));
  return (request) => {
    const target = reflect(input, request);
    const faults = route.variables.flatMap((variable) => bind(target, given, variable));
    if (faults.length > 0) throw malformed(faults);
  };
}

/** The JSON of one variable, laid into that of those before it. */
function nest(json: JsonObject, [field, ...rest]: readonly DescField[], value: JsonValue): JsonObject {
  if (!field) return json;
  const inner = json[field.jsonName];
  const object = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
  return { ...json, [field.jsonName]: rest.length === 0 ? value : nest(object, rest, value) };
}

function bind(target: ReflectMessage, given: ReflectMessage, variable: BoundVariable): readonly Violation[] {
  let [to, from] = [target, given];
  for (const field of variable.fields) {
    const fault = { field: variable.fields.map((each) => each.jsonName).join("."), rule: "path" };
    const rival = field.oneof && to.oneofCase(field.oneof);
    if (rival && rival !== field)
      return [{ ...fault, message: `is in the path; ${rival.jsonName} excludes it` }];
    if (field.fieldKind === "message") {
      if (!to.isSet(field)) to.set(field, reflect(field.message));
      [to, from] = [to.get(field), from.get(field)];
      continue;
    }
    if (to.isSet(field) && to.get(field) !== from.get(field)) {
      if (!isZero(to.get(field))) return [{ ...fault, message: "differs from the path" }];
    }
    to.set(field, from.get(field));
  }
  return [];
}

function isZero(value: unknown): boolean {
  return value === "" || value === 0 || value === 0n || value === false;
}

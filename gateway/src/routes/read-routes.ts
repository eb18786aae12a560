import { METHODS } from "node:http";
import { type DescField, type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { http } from "@theseus/contract/es/google/api/annotations_pb.js";
import type { HttpRule } from "@theseus/contract/es/google/api/http_pb.js";
import { type Contract, rpcPath } from "../contract.js";
import { methodSettings } from "./method-settings.js";
import { type PathVariable, parsePathTemplate, TemplateError } from "./path-template.js";
import type { BoundVariable, Route } from "./route.js";
import { routeShape } from "./router.js";

/** Rules of google.api.http that cannot be served, one fault each. */
export class RouteFaults extends Error {
  override readonly name = "RouteFaults";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

class Fault extends Error {}

/** All routes of a contract. Throws RouteFaults with everything that is wrong with its rules. */
export function readRoutes(contract: Contract): readonly Route[] {
  const faults: string[] = [];
  const routes: Route[] = [];
  const taken = new Map<string, Route>();
  for (const method of contract.services.flatMap((service) => service.methods)) {
    for (const rule of rulesOf(method)) {
      try {
        const route = readRoute(contract, method, rule);
        const other = taken.get(routeShape(route));
        if (other) throw new Fault(`${route.httpMethod} ${route.path} is the route of ${other.rpc} already`);
        taken.set(routeShape(route), route);
        routes.push(route);
      } catch (error) {
        if (!(error instanceof Fault || error instanceof TemplateError)) throw error;
        faults.push(`${rpcPath(method)}: ${error.message}`);
      }
    }
  }
  if (faults.length > 0) throw new RouteFaults(faults);
  return routes;
}

function rulesOf(method: DescMethod): readonly HttpRule[] {
  if (!hasOption(method, http)) return [];
  const main = getOption(method, http);
  return [{ ...main, additionalBindings: [] }, ...main.additionalBindings];
}

function readRoute(contract: Contract, method: DescMethod, rule: HttpRule): Route {
  const { httpMethod, path } = patternOf(rule);
  const template = parsePathTemplate(path);
  const variables = template.variables.map((variable) => bindVariable(method, variable));
  const names = template.variables.map((variable) => variable.fieldPath.join("."));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Fault(`${path} has the variable ${twice} twice`);
  if (rule.additionalBindings.length > 0) {
    throw new Fault(`${path}: additional bindings have none of their own`);
  }
  return {
    method,
    rpc: rpcPath(method),
    settings: withoutBound(methodSettings(method, contract.registry), variables),
    httpMethod,
    path,
    template,
    variables,
    body: bodyOf(method, rule, httpMethod),
    responseBody:
      rule.responseBody === "" ? undefined : fieldOf(method.output, rule.responseBody, "response_body"),
  };
}

function patternOf({ pattern }: HttpRule): { readonly httpMethod: string; readonly path: string } {
  switch (pattern.case) {
    case undefined:
      throw new Fault("the rule has no pattern");
    case "custom": {
      const { kind, path } = pattern.value;
      const httpMethod = kind.toUpperCase();
      if (kind !== "*" && !METHODS.includes(httpMethod))
        throw new Fault(`${kind || "nothing"} is no HTTP method`);
      return { httpMethod, path };
    }
    default:
      return { httpMethod: pattern.case.toUpperCase(), path: pattern.value };
  }
}

function bindVariable(method: DescMethod, variable: PathVariable): BoundVariable {
  const name = variable.fieldPath.join(".");
  const fields: DescField[] = [];
  let message = method.input;
  for (const [index, part] of variable.fieldPath.entries()) {
    const field = message.fields.find((each) => each.name === part);
    if (!field) throw new Fault(`${message.typeName} has no field ${part}, which the variable ${name} names`);
    fields.push(field);
    const last = index === variable.fieldPath.length - 1;
    if (last && (field.fieldKind === "scalar" || field.fieldKind === "enum")) return { ...variable, fields };
    if (last || field.fieldKind !== "message") {
      throw new Fault(`the variable ${name} must lead over single messages to one scalar or enum`);
    }
    message = field.message;
  }
  throw new Fault(`the variable ${name} names no field`);
}

function bodyOf(method: DescMethod, rule: HttpRule, httpMethod: string): Route["body"] {
  if (rule.body === "") {
    if (method.methodKind !== "client_streaming" && method.methodKind !== "bidi_streaming") return undefined;
    throw new Fault("a stream of requests needs a body");
  }
  if (httpMethod === "GET" || httpMethod === "HEAD") throw new Fault(`${httpMethod} takes no body`);
  return rule.body === "*" ? "*" : fieldOf(method.input, rule.body, "body");
}

function fieldOf(message: DescMethod["input"], name: string, what: string): DescField {
  const field = message.fields.find((each) => each.name === name);
  if (!field) throw new Fault(`${message.typeName} has no field ${name}, which ${what} names`);
  return field;
}

/** A key that the path gives is nobody's to choose. */
function withoutBound(settings: Route["settings"], variables: readonly BoundVariable[]): Route["settings"] {
  const bound = variables.some(({ fields }) => fields[0] === settings.idempotencyField);
  return bound ? { ...settings, idempotencyField: undefined } : settings;
}

import { METHODS } from "node:http";
import { type DescField, type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { http } from "@theseus/contract/es/google/api/annotations_pb.js";
import type { HttpRule } from "@theseus/contract/es/google/api/http_pb.js";
import { type Contract, ContractError, findPolicy, isClientStream, methodPath } from "@theseus/kit/contract";
import { idempotencyFieldOf } from "./idempotency-field.js";
import { type PathVariable, parsePathTemplate, TemplateError } from "./path-template.js";
import type { BoundVariable, Route } from "./route.js";
import { routeShape } from "./router.js";

/** A rule that cannot be served. */
class RuleFault extends Error {}

/** All routes of a contract. Throws ContractError with everything that is wrong with its rules. */
export function readRoutes(contract: Contract): readonly Route[] {
  const faults: string[] = [];
  const routes: Route[] = [];
  const taken = new Map<string, Route>();
  for (const method of contract.services.flatMap((service) => service.methods)) {
    for (const rule of rulesOf(method)) {
      try {
        const route = readRoute(method, rule);
        const other = taken.get(routeShape(route));
        if (other)
          throw new RuleFault(`${route.httpMethod} ${route.path} is the route of ${other.rpc} already`);
        taken.set(routeShape(route), route);
        routes.push(route);
      } catch (error) {
        if (!(error instanceof RuleFault || error instanceof TemplateError)) throw error;
        faults.push(`${methodPath(method)}: ${error.message}`);
      }
    }
  }
  if (faults.length > 0) throw new ContractError(faults);
  return routes;
}

function rulesOf(method: DescMethod): readonly HttpRule[] {
  if (!hasOption(method, http)) return [];
  const main = getOption(method, http);
  return [{ ...main, additionalBindings: [] }, ...main.additionalBindings];
}

function readRoute(method: DescMethod, rule: HttpRule): Route {
  const { httpMethod, path } = patternOf(rule);
  const template = parsePathTemplate(path);
  const variables = template.variables.map((variable) => bindVariable(method, variable));
  const names = template.variables.map((variable) => variable.fieldPath.join("."));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new RuleFault(`${path} has the variable ${twice} twice`);
  if (rule.additionalBindings.length > 0) {
    throw new RuleFault(`${path}: additional bindings have none of their own`);
  }
  return {
    method,
    rpc: methodPath(method),
    policy: findPolicy(method),
    idempotencyField: idempotencyField(method, variables),
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
      throw new RuleFault("the rule has no pattern");
    case "custom": {
      const { kind, path } = pattern.value;
      const httpMethod = kind.toUpperCase();
      if (kind !== "*" && !METHODS.includes(httpMethod))
        throw new RuleFault(`${kind || "nothing"} is no HTTP method`);
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
    if (!field)
      throw new RuleFault(`${message.typeName} has no field ${part}, which the variable ${name} names`);
    fields.push(field);
    const last = index === variable.fieldPath.length - 1;
    if (last && (field.fieldKind === "scalar" || field.fieldKind === "enum")) return { ...variable, fields };
    if (last || field.fieldKind !== "message") {
      throw new RuleFault(`the variable ${name} must lead over single messages to one scalar or enum`);
    }
    message = field.message;
  }
  throw new RuleFault(`the variable ${name} names no field`);
}

function bodyOf(method: DescMethod, rule: HttpRule, httpMethod: string): Route["body"] {
  if (rule.body === "") {
    if (!isClientStream(method)) return undefined;
    throw new RuleFault("a stream of requests needs a body");
  }
  if (httpMethod === "GET" || httpMethod === "HEAD") throw new RuleFault(`${httpMethod} takes no body`);
  return rule.body === "*" ? "*" : fieldOf(method.input, rule.body, "body");
}

function fieldOf(message: DescMethod["input"], name: string, what: string): DescField {
  const field = message.fields.find((each) => each.name === name);
  if (!field) throw new RuleFault(`${message.typeName} has no field ${name}, which ${what} names`);
  return field;
}

/** Not a field that the path sets: its value is given, and no header can choose it. */
function idempotencyField(method: DescMethod, variables: readonly BoundVariable[]): DescField | undefined {
  const field = idempotencyFieldOf(method);
  return variables.some(({ fields }) => fields[0] === field) ? undefined : field;
}

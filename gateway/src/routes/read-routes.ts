import type { DescField, DescMethod } from "@bufbuild/protobuf";
import type { HttpRule } from "@theseus/contract/es/google/api/http_pb.js";
import {
  type Contract,
  ContractError,
  findPolicy,
  HttpRuleError,
  httpPatternOf,
  httpRulesOf,
  isClientStream,
  methodPath,
  type PathVariable,
  parsePathTemplate,
} from "@theseus/kit/contract";
import { idempotencyFieldOf } from "./idempotency-field.js";
import type { BoundVariable, Route } from "./route.js";
import { routeShape } from "./router.js";

/** All routes of a contract. Throws ContractError with everything that is wrong with its rules. */
export function readRoutes(contract: Contract): readonly Route[] {
  const faults: string[] = [];
  const routes: Route[] = [];
  const taken = new Map<string, Route>();
  for (const method of contract.services.flatMap((service) => service.methods)) {
    for (const rule of httpRulesOf(method)) {
      try {
        const route = readRoute(method, rule);
        const other = taken.get(routeShape(route));
        if (other)
          throw new HttpRuleError(`${route.httpMethod} ${route.path} is the route of ${other.rpc} already`);
        taken.set(routeShape(route), route);
        routes.push(route);
      } catch (error) {
        if (!(error instanceof HttpRuleError)) throw error;
        faults.push(`${methodPath(method)}: ${error.message}`);
      }
    }
  }
  if (faults.length > 0) throw new ContractError(faults);
  return routes;
}

function readRoute(method: DescMethod, rule: HttpRule): Route {
  const { httpMethod, path } = httpPatternOf(rule);
  const template = parsePathTemplate(path);
  const variables = template.variables.map((variable) => bindVariable(method, variable));
  const names = template.variables.map((variable) => variable.fieldPath.join("."));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new HttpRuleError(`${path} has the variable ${twice} twice`);
  if (rule.additionalBindings.length > 0) {
    throw new HttpRuleError(`${path}: additional bindings have none of their own`);
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

function bindVariable(method: DescMethod, variable: PathVariable): BoundVariable {
  const name = variable.fieldPath.join(".");
  const fields: DescField[] = [];
  let message = method.input;
  for (const [index, part] of variable.fieldPath.entries()) {
    const field = message.fields.find((each) => each.name === part);
    if (!field)
      throw new HttpRuleError(`${message.typeName} has no field ${part}, which the variable ${name} names`);
    fields.push(field);
    const last = index === variable.fieldPath.length - 1;
    if (last && (field.fieldKind === "scalar" || field.fieldKind === "enum")) return { ...variable, fields };
    if (last || field.fieldKind !== "message") {
      throw new HttpRuleError(`the variable ${name} must lead over single messages to one scalar or enum`);
    }
    message = field.message;
  }
  throw new HttpRuleError(`the variable ${name} names no field`);
}

function bodyOf(method: DescMethod, rule: HttpRule, httpMethod: string): Route["body"] {
  if (rule.body === "") {
    if (!isClientStream(method)) return undefined;
    throw new HttpRuleError("a stream of requests needs a body");
  }
  if (httpMethod === "GET" || httpMethod === "HEAD") throw new HttpRuleError(`${httpMethod} takes no body`);
  return rule.body === "*" ? "*" : fieldOf(method.input, rule.body, "body");
}

function fieldOf(message: DescMethod["input"], name: string, what: string): DescField {
  const field = message.fields.find((each) => each.name === name);
  if (!field) throw new HttpRuleError(`${message.typeName} has no field ${name}, which ${what} names`);
  return field;
}

/** Not a field that the path sets: its value is given, and no header can choose it. */
function idempotencyField(method: DescMethod, variables: readonly BoundVariable[]): DescField | undefined {
  const field = idempotencyFieldOf(method);
  return variables.some(({ fields }) => fields[0] === field) ? undefined : field;
}

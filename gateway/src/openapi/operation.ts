import type { DescEnum, DescField } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { Auth, Code, isClientStream, isServerStream, readReasonRule } from "@theseus/kit/contract";
import { GATEWAY_REASONS, isGatewayReason } from "../errors/gateway-error.js";
import { httpStatusOf } from "../errors/status-table.js";
import { JSON_TYPE, NDJSON_TYPE, SSE_TYPE } from "../http/media-type.js";
import type { Route } from "../routes/route.js";
import { isInputOnly, isRequired } from "./constraints.js";
import { describeParameters, type ParameterContext } from "./parameters.js";
import type { Schema } from "./schema.js";

/** What operations are described from. */
export interface OperationContext extends ParameterContext {
  /** The enum of reasons, when the contract has it. */
  readonly reasons: DescEnum | undefined;
}

/** The operation object of a route. */
export function describeOperation(context: OperationContext, route: Route, id: string): Schema {
  const { method } = route;
  const parameters = describeParameters(context, route);
  const body = requestBody(context, route);
  return {
    tags: [method.parent.name],
    operationId: id,
    ...(context.commentOf(method) && { description: context.commentOf(method) }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: {
      200: success(context, route),
      ...declaredErrors(context, route),
      default: { $ref: "#/components/responses/Error" },
    },
    ...security(route),
    "x-grpc-method": route.rpc.slice(1),
    ...(route.policy?.timeoutMs && { "x-timeout": `${route.policy.timeoutMs / 1000}s` }),
    "x-idempotency": Idempotency[method.idempotency],
  };
}

function requestBody({ schemas }: OperationContext, route: Route): Schema | undefined {
  const { method, body, variables } = route;
  if (body === undefined) return undefined;
  const type = isClientStream(method) ? NDJSON_TYPE : JSON_TYPE;
  if (body !== "*") {
    const schema = { ...schemas.field(body), ...inputOnlyRequired(route, body) };
    return { required: true, content: { [type]: { schema } } };
  }
  const { input } = method;
  const bound = new Set(variables.flatMap(({ fields }) => (fields.length === 1 ? fields : [])));
  const schema = bound.size > 0 ? schemas.without(input, bound) : schemas.message(input);
  const required = input.fields.some((field) => isRequired(field) && !bound.has(field));
  return { required, content: { [type]: { schema } } };
}

/**
 * What a new resource must have and no answer has. The resource's schema describes answers too, so it is said where the
 * resource is sent. A change may leave out what stays.
 */
function inputOnlyRequired({ httpMethod }: Route, { message }: DescField): Schema {
  const fields = httpMethod === "POST" && message ? message.fields : [];
  const names = fields
    .filter((field) => isRequired(field) && isInputOnly(field))
    .map((field) => field.jsonName);
  return names.length > 0 ? { required: names } : {};
}

function success({ schemas, commentOf }: OperationContext, route: Route): Schema {
  const { output } = route.method;
  const schema = route.responseBody ? schemas.field(route.responseBody) : schemas.message(output);
  const types = isServerStream(route.method) ? [NDJSON_TYPE, SSE_TYPE] : [JSON_TYPE];
  const key = route.idempotencyField && {
    "Idempotency-Key": { $ref: "#/components/headers/IdempotencyKey" },
  };
  return {
    description: commentOf(output) ?? "The answer.",
    headers: { "X-Request-Id": { $ref: "#/components/headers/RequestId" }, ...key },
    content: Object.fromEntries(types.map((type) => [type, { schema }])),
  };
}

/** The reasons that the method declares, under the status that they come with. */
function declaredErrors({ reasons, commentOf }: OperationContext, { policy }: Route): Schema {
  const lines = new Map<number, string[]>();
  for (const number of policy?.reasons ?? []) {
    const value = reasons?.value[number];
    if (!value) continue;
    const status = isGatewayReason(value.name)
      ? GATEWAY_REASONS[value.name].http
      : httpStatusOf(readReasonRule(value)?.code ?? Code.UNKNOWN);
    lines.set(status, [...(lines.get(status) ?? []), `- \`${value.name}\`: ${commentOf(value) ?? ""}`]);
  }
  const content = { [JSON_TYPE]: { schema: { $ref: "#/components/schemas/Error" } } };
  return Object.fromEntries(
    [...lines].map(([status, list]) => [status, { description: list.join("\n"), content }]),
  );
}

function security({ policy }: Route): Schema {
  if (!policy) return {};
  const auths = new Set(policy.allow.map((way) => way.auth));
  const token = { accessToken: auths.has(Auth.ADMIN) && !auths.has(Auth.USER) ? ["admin"] : [] };
  return { security: auths.has(Auth.PUBLIC) ? [{}, { accessToken: [] }] : [token] };
}

import type { DescEnum, DescField } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { Auth, Code, isClientStream, isServerStream, readReasonRule } from "@theseus/kit/contract";
import { GATEWAY_REASONS, isGatewayReason } from "../errors/gateway-error.js";
import { httpStatusOf } from "../errors/status-table.js";
import { JSON_TYPE, NDJSON_TYPE, SSE_TYPE } from "../http/media-type.js";
import { isTextField } from "../json/field-text.js";
import type { BoundVariable, Route } from "../routes/route.js";
import type { CommentOf } from "./comments.js";
import { isRequired } from "./constraints.js";
import type { Schemas } from "./json-schema.js";
import type { Schema } from "./schema.js";

/** What describing operations takes. */
export interface OperationContext {
  readonly schemas: Schemas;
  readonly commentOf: CommentOf;
  /** The enum of reasons, when the contract has it. */
  readonly reasons: DescEnum | undefined;
}

/** The path of a route with one parameter for each wildcard: `/v1/{name=items/*}` is `/v1/items/{itemsId}`. */
export function openApiPath(route: Route): string {
  const parts = route.template.segments.map((segment, index) =>
    typeof segment === "string" ? `{${wildcardName(route, index)}}` : segment.literal,
  );
  return `/${parts.join("/")}${route.template.verb === undefined ? "" : `:${route.template.verb}`}`;
}

/** The operation object of a route. */
export function describeOperation(context: OperationContext, route: Route, id: string): Schema {
  const { method } = route;
  const parameters = [
    ...pathParameters(context, route),
    ...queryParameters(context, route),
    ...headerParameters(route),
  ];
  const body = requestBody(context, route);
  return {
    tags: [method.parent.name],
    operationId: id,
    ...(context.commentOf(method) && { description: context.commentOf(method) }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: {
      200: answer(context, route),
      ...failures(context, route),
      default: { $ref: "#/components/responses/Error" },
    },
    ...security(route),
    "x-grpc-method": route.rpc.slice(1),
    ...(route.policy?.timeoutMs && { "x-timeout": `${route.policy.timeoutMs / 1000}s` }),
    "x-idempotency": Idempotency[method.idempotency],
  };
}

/** After the literal before it, not after its variable: paths that differ in names alone are one path in OpenAPI. */
function wildcardName({ template }: Route, index: number): string {
  const literals = template.segments.map((segment) => (typeof segment === "string" ? "" : segment.literal));
  const before = literals[index - 1] ?? "";
  if (!/^[A-Za-z]/.test(before)) return `segment${index + 1}`;
  const name = before.replace(
    /[^A-Za-z0-9]+(.)?/g,
    (_, letter: string | undefined) => letter?.toUpperCase() ?? "",
  );
  return literals.indexOf(before) === index - 1 ? `${name}Id` : `${name}Id${index + 1}`;
}

function pathParameters({ commentOf, schemas }: OperationContext, route: Route): readonly Schema[] {
  return route.template.segments.flatMap((segment, index) => {
    if (typeof segment !== "string") return [];
    const variable = route.variables.find((each) => index >= each.start && index < each.end);
    const field = variable?.fields.at(-1);
    const whole = variable?.single === false ? placesOf(route, variable) : undefined;
    const name = variable?.fields.map((each) => each.jsonName).join(".");
    const part = whole && `The wildcard of \`${whole}\`, which is \`${name}\`.`;
    const description = [field && commentOf(field), part].filter(Boolean).join(" ");
    const { description: _, ...schema } = field ? schemas.field(field) : { type: "string" };
    return [
      {
        name: wildcardName(route, index),
        in: "path",
        required: true,
        ...(description && { description }),
        schema: whole ? partSchema(schema, whole) : schema,
      },
    ];
  });
}

function placesOf(route: Route, variable: BoundVariable): string {
  const places = route.template.segments.slice(variable.start, variable.end);
  return places.map((place) => (typeof place === "string" ? place : place.literal)).join("/");
}

/** `^items/[a-z]+$` for `items/*` leaves `^[a-z]+$`. */
function partSchema(schema: Schema, whole: string): Schema {
  const prefix = `^${whole.slice(0, -1)}`;
  const pattern = String(schema.pattern ?? "");
  const fits = /^[^*]*\*$/.test(whole) && pattern.startsWith(prefix);
  return fits ? { type: "string", pattern: `^${pattern.slice(prefix.length)}` } : { type: "string" };
}

function queryParameters({ commentOf, schemas }: OperationContext, route: Route): readonly Schema[] {
  if (route.body === "*") return [];
  const bound = new Set(route.variables.map(({ fields }) => fields[0]));
  return route.method.input.fields
    .filter((field) => field !== route.body && !bound.has(field) && isTextField(field))
    .map((field) => {
      const { description = commentOf(field), ...schema } = schemas.field(field);
      const required = isRequired(field) && field !== route.idempotencyField;
      return {
        name: field.jsonName,
        in: "query",
        ...(required && { required }),
        ...(description !== undefined && { description }),
        schema,
      };
    });
}

function headerParameters(route: Route): readonly Schema[] {
  const shared = [
    { $ref: "#/components/parameters/RequestId" },
    { $ref: "#/components/parameters/RequestTimeout" },
  ];
  return route.idempotencyField ? [{ $ref: "#/components/parameters/IdempotencyKey" }, ...shared] : shared;
}

function requestBody({ schemas }: OperationContext, route: Route): Schema | undefined {
  if (route.body === undefined) return undefined;
  const type = isClientStream(route.method) ? NDJSON_TYPE : JSON_TYPE;
  const whole = route.body === "*";
  const bound = new Set(
    route.variables.flatMap(({ fields }) => (fields.length === 1 ? fields.slice(0, 1) : [])),
  );
  const ofInput = () =>
    bound.size > 0 ? schemas.without(route.method.input, bound) : schemas.message(route.method.input);
  const schema = route.body === "*" ? ofInput() : schemas.field(route.body);
  const required =
    !whole || route.method.input.fields.some((field: DescField) => isRequired(field) && !bound.has(field));
  return { required, content: { [type]: { schema } } };
}

function answer({ schemas, commentOf }: OperationContext, route: Route): Schema {
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
function failures({ reasons, commentOf }: OperationContext, { policy }: Route): Schema {
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

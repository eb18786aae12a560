import { isTextField } from "../json/field-text.js";
import type { BoundVariable, Route } from "../routes/route.js";
import type { CommentOf } from "./comments.js";
import { isRequired } from "./constraints.js";
import type { Schemas } from "./json-schema.js";
import type { Schema } from "./schema.js";

/** What parameters are described from. */
export interface ParameterContext {
  readonly schemas: Schemas;
  readonly commentOf: CommentOf;
}

/** The path of a route with one parameter for each wildcard: `/v1/{name=items/*}` is `/v1/items/{itemsId}`. */
export function openApiPath(route: Route): string {
  const parts = route.template.segments.map((segment, index) =>
    typeof segment === "string" ? `{${wildcardName(route, index)}}` : segment.literal,
  );
  return `/${parts.join("/")}${route.template.verb === undefined ? "" : `:${route.template.verb}`}`;
}

/** The parameters of a route: in its path, its query and its headers. */
export function describeParameters(context: ParameterContext, route: Route): readonly Schema[] {
  return [...pathParameters(context, route), ...queryParameters(context, route), ...headerParameters(route)];
}

/**
 * The parameter's name of a wildcard. It comes from the literal before the wildcard and not from its variable, since
 * paths that differ only in names of parameters are the same path in OpenAPI.
 */
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

function pathParameters({ commentOf, schemas }: ParameterContext, route: Route): readonly Schema[] {
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

function queryParameters({ commentOf, schemas }: ParameterContext, route: Route): readonly Schema[] {
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

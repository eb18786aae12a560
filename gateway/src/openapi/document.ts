import type { DescField } from "@bufbuild/protobuf";
import type { Contract } from "@theseus/kit/contract";
import { reasonsOf } from "../errors/contract-reasons.js";
import type { Route } from "../routes/route.js";
import { createCommentOf } from "./comments.js";
import { createSchemas } from "./json-schema.js";
import { describeOperation } from "./operation.js";
import { openApiPath } from "./parameters.js";
import type { Schema } from "./schema.js";
import { sharedComponents } from "./shared-components.js";

/** The OpenAPI 3.1 document of a contract's routes. The same contract gives the same text. */
export function describeApi(contract: Contract, routes: readonly Route[]): Schema {
  const commentOf = createCommentOf();
  const keys = routes.flatMap((route) => route.idempotencyField ?? []);
  const schemas = createSchemas({
    commentOf,
    registry: contract.registry,
    optional: new Set<DescField>(keys),
  });
  const reasons = reasonsOf(contract.registry);
  const context = { schemas, commentOf, reasons };
  const paths: Record<string, Record<string, Schema>> = {};
  const used = new Map<string, number>();
  for (const route of routes) {
    const name = `${route.method.parent.name}_${route.method.name}`;
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    const path = openApiPath(route);
    const item = paths[path] ?? {};
    const verbs = verbsOf(route);
    if (verbs.length > 0) paths[path] = item;
    for (const verb of verbs)
      item[verb] = describeOperation(context, route, count === 1 ? name : `${name}_${count}`);
  }
  const services = [...new Set(routes.map((route) => route.method.parent))];
  const title = [...new Set(services.map((service) => service.typeName))].join(", ");
  return {
    openapi: "3.1.0",
    info: {
      title: contractName(services.map((service) => service.file.proto.package)),
      version: "v1",
      description: `HTTP and JSON for ${title}. Generated from the contract: do not edit.`,
    },
    tags: services.map((service) => ({ name: service.name, description: commentOf(service) ?? "" })),
    paths: sorted(paths),
    components: sharedComponents(sorted(Object.fromEntries(schemas.components)), reasons, commentOf),
  };
}

/** Methods that OpenAPI has a place for. */
function verbsOf({ httpMethod }: Route): readonly string[] {
  if (httpMethod === "*") return ["get", "post", "put", "patch", "delete"];
  const verb = httpMethod.toLowerCase();
  return ["get", "put", "post", "delete", "options", "head", "patch", "trace"].includes(verb) ? [verb] : [];
}

/** What all packages' names begin with. */
function contractName(packages: readonly string[]): string {
  const [first = "", ...others] = packages;
  const parts = first.split(".");
  while (parts.length > 0 && !others.every((each) => `${each}.`.startsWith(`${parts.join(".")}.`)))
    parts.pop();
  return parts.join(".") || "gateway";
}

function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

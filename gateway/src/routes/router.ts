import type { PathTemplate } from "@theseus/kit/contract";
import { type RequestPath, splitVerb } from "./request-path.js";

/** What the router needs of a route. */
export interface Routed {
  /** In capitals; `*` for any. */
  readonly httpMethod: string;
  readonly template: PathTemplate;
}

/** The route of a request, or why there is none. */
export type Match<R> =
  | { readonly kind: "found"; readonly route: R; readonly path: RequestPath }
  | { readonly kind: "wrong-method"; readonly allow: readonly string[] }
  | { readonly kind: "unknown" };

/** Finds routes by path and method. */
export interface Router<R> {
  find(httpMethod: string, path: RequestPath): Match<R>;
  /** Methods that the path takes, HEAD and OPTIONS included; empty for an unknown path. */
  allowed(path: RequestPath): readonly string[];
}

interface Node<R> {
  readonly literals: Map<string, Node<R>>;
  any?: Node<R>;
  readonly here: Terminal<R>[];
  readonly rest: Terminal<R>[];
}

interface Terminal<R> {
  readonly verb: string | undefined;
  readonly routes: Map<string, R>;
}

/**
 * Builds the tree. A literal beats `*`, which beats `**`; a verb that some template of the path has beats a colon in
 * an id. No two routes may have the same shape (routeShape).
 */
export function createRouter<R extends Routed>(routes: readonly R[]): Router<R> {
  const root = createNode<R>();
  for (const route of routes) insert(root, route);

  function terminals(path: RequestPath): {
    readonly path: RequestPath;
    readonly found: readonly Terminal<R>[];
  } {
    const split = splitVerb(path);
    if (split) {
      const found = collect(root, split.path.decoded, split.verb);
      if (found.length > 0) return { path: split.path, found };
    }
    return { path, found: collect(root, path.decoded, undefined) };
  }

  function allowed(path: RequestPath): readonly string[] {
    const methods = new Set(terminals(path).found.flatMap((terminal) => [...terminal.routes.keys()]));
    if (methods.size === 0) return [];
    if (methods.delete("*")) for (const each of ["GET", "POST", "PUT", "PATCH", "DELETE"]) methods.add(each);
    if (methods.has("GET")) methods.add("HEAD");
    return [...methods.add("OPTIONS")].sort();
  }

  return {
    find: (httpMethod, given) => {
      const { path, found } = terminals(given);
      if (found.length === 0) return { kind: "unknown" };
      const spellings = httpMethod === "HEAD" ? ["HEAD", "GET", "*"] : [httpMethod, "*"];
      for (const terminal of found) {
        const name = spellings.find((each) => terminal.routes.has(each));
        const route = name && terminal.routes.get(name);
        if (route) return { kind: "found", route, path };
      }
      return { kind: "wrong-method", allow: allowed(given) };
    },
    allowed,
  };
}

/** Equal for two routes that no request can tell apart. */
export function routeShape({ httpMethod, template }: Routed): string {
  const path = template.segments.map((segment) =>
    typeof segment === "string" ? segment : encodeURIComponent(segment.literal),
  );
  return `${httpMethod} /${path.join("/")}${template.verb === undefined ? "" : `:${encodeURIComponent(template.verb)}`}`;
}

function createNode<R>(): Node<R> {
  return { literals: new Map(), here: [], rest: [] };
}

function insert<R extends Routed>(root: Node<R>, route: R): void {
  let node = root;
  let list = node.here;
  for (const segment of route.template.segments) {
    if (segment === "**") {
      list = node.rest;
      break;
    }
    node = segment === "*" ? anyChild(node) : literalChild(node, segment.literal);
    list = node.here;
  }
  const { verb } = route.template;
  const terminal = list.find((each) => each.verb === verb) ?? { verb, routes: new Map<string, R>() };
  if (terminal.routes.size === 0) list.push(terminal);
  terminal.routes.set(route.httpMethod, route);
}

function anyChild<R>(node: Node<R>): Node<R> {
  node.any ??= createNode();
  return node.any;
}

function literalChild<R>(node: Node<R>, literal: string): Node<R> {
  const child = node.literals.get(literal) ?? createNode<R>();
  node.literals.set(literal, child);
  return child;
}

function collect<R>(
  node: Node<R>,
  segments: readonly string[],
  verb: string | undefined,
  at = 0,
): Terminal<R>[] {
  const fits = (terminal: Terminal<R>) => terminal.verb === verb;
  const rest = node.rest.filter(fits);
  const segment = segments[at];
  if (segment === undefined) return [...node.here.filter(fits), ...rest];
  const literal = node.literals.get(segment);
  return [
    ...(literal ? collect(literal, segments, verb, at + 1) : []),
    ...(node.any && segment !== "" ? collect(node.any, segments, verb, at + 1) : []),
    ...rest,
  ];
}

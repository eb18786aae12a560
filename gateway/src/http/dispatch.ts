import { isServerStream } from "@theseus/kit/contract";
import { GatewayError } from "../errors/gateway-error.js";
import { parseRequestPath } from "../routes/request-path.js";
import type { Route, RouteMatch } from "../routes/route.js";
import type { Router } from "../routes/router.js";
import type { Endpoint, Endpoints } from "./endpoints.js";

/** What a request is for: a method of the upstream, or something that the gateway answers itself. */
export type Destination =
  | ({ readonly kind: "route" } & RouteMatch)
  | { readonly kind: "endpoint"; readonly endpoint: Endpoint }
  | { readonly kind: "options"; readonly allow: string };

const OWN_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** Throws ROUTE_NOT_FOUND, METHOD_NOT_ALLOWED with the Allow header, or REQUEST_MALFORMED. */
export function findDestination(
  router: Router<Route>,
  endpoints: Endpoints,
  method: string,
  target: string,
): Destination {
  const [pathText = "", query = ""] = splitOnce(target, "?");
  if (!pathText.startsWith("/")) throw notFound();
  const path = parseRequestPath(pathText);
  const endpoint = endpoints.get(pathText);
  if (method === "OPTIONS") return options(router.allowed(path), endpoint !== undefined);
  const match = router.find(method, path);
  if (match.kind === "wrong-method") throw wrongMethod(match.allow);
  if (match.kind === "found") {
    const { route } = match;
    if (method === "HEAD" && isServerStream(route.method)) throw wrongMethod(["GET", "OPTIONS"]);
    return { kind: "route", route, path: match.path, query };
  }
  if (!endpoint) throw notFound();
  if (!OWN_METHODS.includes(method)) throw wrongMethod(OWN_METHODS);
  return { kind: "endpoint", endpoint };
}

function options(routed: readonly string[], own: boolean): Destination {
  const allow = routed.length === 0 && own ? OWN_METHODS : routed;
  if (allow.length === 0) throw notFound();
  return { kind: "options", allow: allow.join(", ") };
}

function wrongMethod(allow: readonly string[]): GatewayError {
  const list = allow.join(", ");
  return new GatewayError("METHOD_NOT_ALLOWED", `the path takes ${list}`, { headers: { allow: list } });
}

function notFound(): GatewayError {
  return new GatewayError("ROUTE_NOT_FOUND", "there is nothing at this path");
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

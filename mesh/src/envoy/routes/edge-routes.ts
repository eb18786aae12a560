import type { HttpBinding, MethodPolicy } from "../../policy/mesh-policy.js";
import { applicationCluster } from "../clusters/application-cluster.js";
import { duration, type Message } from "../message.js";
import { priorityOf } from "./priority.js";
import { applicationRetries } from "./retry.js";

/** How long the application may take to say by itself that a method's time is over. */
const graceMs = 1_000;

/** This machine, as its own programs call it in a Host header. */
export const loopbackHosts: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/**
 * A route for each way to call a method over HTTP, with its time, then one for what is no method's path. Before them those
 * that refuse hosts which the edge does not serve.
 */
export function edgeRoutes(
  methods: readonly MethodPolicy[],
  allowedHosts: readonly string[],
): readonly Message[] {
  const bindings = methods.flatMap((method) => method.http.map((binding) => ({ method, binding })));
  const longestMs = Math.max(0, ...methods.filter(isShort).map(({ timeoutMs }) => timeoutMs));
  return [
    twoHosts(),
    foreignHost([...loopbackHosts, ...allowedHosts]),
    ...bindings.sort((a, b) => bySpecificity(a.binding, b.binding)).map(methodRoute),
    { name: applicationCluster, match: { prefix: "/" }, route: toApplication(longestMs) },
  ];
}

/** The longest that anything may take at the edge. */
export function longestAtEdgeMs(methods: readonly MethodPolicy[]): number {
  return Math.max(0, ...methods.map(({ timeoutMs }) => timeoutMs)) + graceMs;
}

interface BoundMethod {
  readonly method: MethodPolicy;
  readonly binding: HttpBinding;
}

function methodRoute({ method, binding }: BoundMethod): Message {
  return {
    name: method.path,
    match: { safe_regex: { regex: pathPattern(binding) }, ...methodMatch(binding) },
    route: { ...toApplication(method.timeoutMs), ...priorityOf(method) },
  };
}

/** Envoy joins several Host headers by commas. */
function twoHosts(): Message {
  return {
    name: "two-hosts",
    match: { prefix: "/", headers: [{ name: ":authority", string_match: { contains: "," } }] },
    direct_response: { status: 400 },
  };
}

/**
 * A page of another site can let its own name lead to this machine, and its reader's browser then calls the edge as that
 * page's own server.
 */
function foreignHost(served: readonly string[]): Message {
  const regex = `(?i)(?:${served.map((name) => name.replace(/[^\w-]/g, "\\$&")).join("|")})(?::[0-9]{1,5})?`;
  const authority = { name: ":authority", invert_match: true, string_match: { safe_regex: { regex } } };
  return {
    name: "foreign-host",
    match: { prefix: "/", headers: [authority] },
    direct_response: { status: 421 },
  };
}

function toApplication(timeoutMs: number): Message {
  const limit = duration(timeoutMs + graceMs);
  return {
    cluster: applicationCluster,
    timeout: "0s",
    idle_timeout: limit,
    max_stream_duration: { max_stream_duration: limit },
    retry_policy: applicationRetries(),
  };
}

function isShort({ clientStreaming, serverStreaming }: MethodPolicy): boolean {
  return !clientStreaming && !serverStreaming;
}

function pathPattern({ segments, verb }: HttpBinding): string {
  const path = segments.map((segment) => {
    if (segment === "*") return "/[^/]+";
    if (segment === "**") return "(?:/.*)?";
    return `/${literal(segment.literal)}`;
  });
  return path.join("") + (verb === undefined ? "" : `:${literal(verb)}`);
}

/** As a client writes it, or with its letters as they are. */
function literal(text: string): string {
  const spellings = [...new Set([text, encodeURIComponent(text)])].map((each) =>
    each.replace(/[^\w%]/g, "\\$&"),
  );
  return spellings.length === 1 ? (spellings[0] ?? "") : `(?:${spellings.join("|")})`;
}

function methodMatch({ httpMethod }: HttpBinding): Message {
  if (httpMethod === "*") return {};
  const regex = httpMethod === "GET" ? "GET|HEAD" : httpMethod;
  return { headers: [{ name: ":method", string_match: { safe_regex: { regex } } }] };
}

/** As the application looks for routes: a verb before none, a literal before `*`, and `*` before `**`. */
function bySpecificity(a: HttpBinding, b: HttpBinding): number {
  const verbs = Number(a.verb === undefined) - Number(b.verb === undefined);
  return verbs || shape(a).localeCompare(shape(b));
}

function shape({ segments }: HttpBinding): string {
  return segments.map((segment) => (segment === "**" ? "2" : segment === "*" ? "1" : "0")).join("");
}

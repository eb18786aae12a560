import type { AllowRule, Auth } from "../../policy/mesh-policy.js";
import { spiffeId, type Topology } from "../../topology.js";
import { extension, type Message, typed } from "../message.js";
import { claimsMetadata, jwtFilter } from "./jwt.js";

const type = "envoy.extensions.filters.http.rbac.v3.RBAC";
const tokenFilter = "theseus.rbac.token";
const callerFilter = "theseus.rbac.caller";

/** Name of the rule that refuses a call for want of a token; it shows in Envoy's response code details. */
export const tokenMissing = "token-missing";

const anybody = Symbol("anybody");

/** A caller of a method: a workload, or anybody on the developer's listener. */
type Caller = string | typeof anybody;

/**
 * Two stages, because Envoy's RBAC knows one kind of refusal: the first refuses callers who come without the token
 * that they need, the second everybody whom no rule lets through. Without a route's own rules both let nobody in.
 */
export function rbacFilters(): readonly Message[] {
  return [extension(tokenFilter, type), extension(callerFilter, type, allow({}))];
}

/** The rules of one method for callers with a certificate, as `typed_per_filter_config` of its route. */
export function workloadRules(topology: Topology, rules: readonly AllowRule[]): Message {
  const callers = [...new Set(rules.map(({ caller }) => caller))];
  return perRoute(
    topology,
    callers.map((caller) => ({
      caller,
      auths: rules.filter((rule) => rule.caller === caller).map(({ auth }) => auth),
    })),
  );
}

/** The rules of one method for developers, who may call what any workload may. */
export function developerRules(topology: Topology, rules: readonly AllowRule[]): Message {
  return perRoute(topology, [{ caller: anybody, auths: rules.map(({ auth }) => auth) }]);
}

/** Lets in whoever got as far as this listener: health and reflection. */
export function anyPeerRules(): Message {
  return {
    [callerFilter]: override(
      allow({ "any-peer": { permissions: [{ any: true }], principals: [{ any: true }] } }),
    ),
  };
}

interface Claimant {
  readonly caller: Caller;
  /** Alternatives: one of them is enough. */
  readonly auths: readonly Auth[];
}

function perRoute(topology: Topology, claimants: readonly Claimant[]): Message {
  const tokenBound = claimants.filter(({ auths }) => auths.every(wantsToken));
  const withoutToken = tokenBound.map(({ caller }) => all(principal(topology, caller), { not_id: user }));
  const allowed = claimants.flatMap(({ caller, auths }) =>
    auths.map((auth) => all(principal(topology, caller), ...proof(auth))),
  );
  return {
    ...(withoutToken.length === 0
      ? {}
      : { [tokenFilter]: override(deny(policy(tokenMissing, withoutToken))) }),
    [callerFilter]: override(allow(policy("allowed", allowed))),
  };
}

function wantsToken(auth: Auth): boolean {
  return auth === "USER" || auth === "ADMIN";
}

function proof(auth: Auth): readonly Message[] {
  switch (auth) {
    case "PUBLIC":
    case "NONE":
      return [];
    case "USER":
      return [user];
    case "ADMIN":
      return [user, administrator];
    default:
      return auth satisfies never;
  }
}

const user = claim("sub", { string_match: { prefix: "users/" } });
const administrator = claim("roles", { list_match: { one_of: { string_match: { exact: "admin" } } } });

function claim(name: string, value: Message): Message {
  const path = [{ key: claimsMetadata }, { key: name }];
  return { sourced_metadata: { metadata_matcher: { filter: jwtFilter, path, value } } };
}

function principal(topology: Topology, caller: Caller): Message {
  if (caller === anybody) return { any: true };
  return { authenticated: { principal_name: { exact: spiffeId(topology, caller) } } };
}

function all(...ids: readonly Message[]): Message {
  return { and_ids: { ids } };
}

function policy(name: string, principals: readonly Message[]): Message {
  return { [name]: { permissions: [{ any: true }], principals } };
}

function allow(policies: Message): Message {
  return { rules: { action: "ALLOW", policies } };
}

function deny(policies: Message): Message {
  return { rules: { action: "DENY", policies } };
}

function override(rbac: Message): Message {
  return typed("envoy.extensions.filters.http.rbac.v3.RBACPerRoute", { rbac });
}

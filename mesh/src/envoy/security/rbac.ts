import { Auth, type Way } from "@theseus/kit/contract";
import { type IdentityScheme, spiffeId, type Topology } from "../../topology.js";
import { extension, type Message, typed } from "../message.js";
import { claimsMetadata, jwtFilter } from "./jwt.js";

const type = "envoy.extensions.filters.http.rbac.v3.RBAC";
const tokenFilter = "theseus.rbac.token";
const callerFilter = "theseus.rbac.caller";

/** Name of the rule that refuses a call without a token; Envoy shows it in its response code details. */
export const tokenMissing = "token-missing";

/**
 * Two stages, because Envoy's RBAC knows one kind of refusal: the first refuses callers who come without the token
 * that they need, the second everybody whom no rule lets through. Without rules of the route's own nobody gets through.
 */
export function rbacFilters(): readonly Message[] {
  return [extension(tokenFilter, type), extension(callerFilter, type, allow({}))];
}

/** The rules of one method for callers with a certificate, as `typed_per_filter_config` of its route. */
export function workloadRules(topology: Topology, ways: readonly Way[]): Message {
  const callers = [...new Set(ways.map(({ caller }) => caller))];
  return perRoute(
    topology.identity,
    callers.map((caller) => ({
      principal: { authenticated: { principal_name: { exact: spiffeId(topology, caller) } } },
      auths: ways.filter((way) => way.caller === caller).map(({ auth }) => auth),
    })),
  );
}

/** The rules of one method for developers, who may call what any workload may. */
export function developerRules(topology: Topology, ways: readonly Way[]): Message {
  const auths = ways.map(({ auth }) => auth);
  return perRoute(topology.identity, auths.length === 0 ? [] : [{ principal: { any: true }, auths }]);
}

/** Lets in whoever got as far as this listener: health and reflection. */
export function anyPeerRules(): Message {
  return {
    [callerFilter]: override(
      allow({ "any-peer": { permissions: [{ any: true }], principals: [{ any: true }] } }),
    ),
  };
}

interface Caller {
  readonly principal: Message;
  /** Alternatives: one of them is enough. At least one. */
  readonly auths: readonly Auth[];
}

function perRoute(identity: IdentityScheme, callers: readonly Caller[]): Message {
  const tokenBound = callers.filter(({ auths }) => auths.every(wantsToken));
  const withoutToken = tokenBound.map(({ principal }) => all(principal, { not_id: endUser(identity) }));
  const allowed = callers.flatMap(({ principal, auths }) =>
    auths.map((auth) => all(principal, ...proof(identity, auth))),
  );
  return {
    ...(withoutToken.length === 0
      ? {}
      : { [tokenFilter]: override(deny(policy(tokenMissing, withoutToken))) }),
    // Envoy takes no rule without principals; without a rule nobody gets through.
    [callerFilter]: override(allow(allowed.length === 0 ? {} : policy("allowed", allowed))),
  };
}

function wantsToken(auth: Auth): boolean {
  return auth === Auth.USER || auth === Auth.ADMIN;
}

function proof(identity: IdentityScheme, auth: Auth): readonly Message[] {
  switch (auth) {
    case Auth.PUBLIC:
    case Auth.NONE:
      return [];
    case Auth.USER:
      return [endUser(identity)];
    case Auth.ADMIN:
      return [endUser(identity), administrator(identity)];
    case Auth.UNSPECIFIED:
      throw new Error("an unspecified auth is a fault that must have been named before");
    default:
      return auth satisfies never;
  }
}

function endUser({ tokenSubjectPrefix }: IdentityScheme): Message {
  return claim("sub", { string_match: { prefix: tokenSubjectPrefix } });
}

function administrator({ adminRole }: IdentityScheme): Message {
  return claim("roles", { list_match: { one_of: { string_match: { exact: adminRole } } } });
}

function claim(name: string, value: Message): Message {
  const path = [{ key: claimsMetadata }, { key: name }];
  return { sourced_metadata: { metadata_matcher: { filter: jwtFilter, path, value } } };
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

import { type Contract, optionOf, type PolicyField } from "@theseus/kit/contract";

/** `OrderService.GetOrder` */
export function shortName(path: string): string {
  const [, service = "", method = ""] = /^\/?(?:[\w.]+\.)?(\w+)\/(\w+)$/.exec(path) ?? [];
  return service === "" ? path : `${service}.${method}`;
}

/** `gateway` of `spiffe://theseus.local/ns/shop/sa/gateway` */
export function workloadOf(peer: string): string {
  return peer.slice(peer.lastIndexOf("/") + 1);
}

/** `option (theseus.mesh.v1.policy).timeout of OrderService.GetOrder in proto/…/order_service.proto` */
export function placeOf(path: string, field: PolicyField, contract: Contract): string {
  const method = contract.methods.get(path);
  if (method === undefined) return "the method's policy in proto/";
  const option = optionOf(method, field) ?? "policy";
  const whose = option === "policy" ? shortName(path) : method.parent.name;
  return `option (theseus.mesh.v1.${option}).${field} of ${whose} in proto/${method.parent.file.name}.proto`;
}

/** What a reset was for, without addresses: `Connection refused`. */
export function resetProblem(details: string): string {
  const [, inner = details] = /\{(.*)\}$/.exec(details) ?? [];
  const parts = inner.split("|").filter((part) => !part.startsWith("remote_address"));
  const text = parts.at(-1)?.replace(/^[a-z_]+:_?/, "") ?? "";
  return text.replaceAll("_", " ");
}

export function tlsProblem(details: string): string {
  return (/TLS_error:?([^}]*)/.exec(details)?.[1] ?? details)
    .replace(/^\|?\d+:/, "")
    .replace(/:?TLS_error_end.*$/, "")
    .replaceAll("_", " ")
    .trim();
}

/** Where to look at instances. */
export const LOOK = "shows the instances of";

export const NEW_CERTIFICATES = "theseus rotate certificates issues new ones; docs/certificates.md";
export const GOOD_TOKEN = "theseus token --header prints one that is good";

/** Envoy's filter that delays and aborts calls, for trials. */
export function faultFilterOf(instance: string): string {
  return `envoy.filters.http.fault in the configuration of ${instance}'s sidecar`;
}

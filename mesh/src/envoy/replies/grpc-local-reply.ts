import { STATUS_DETAILS } from "@theseus/kit/contract";
import type { MeshPolicy } from "../../policy/mesh-policy.js";
import type { Message } from "../message.js";
import { type Refusal, refusals, unreached } from "./refusal.js";
import { reasonPolicy, statusDetails } from "./status-details.js";

/** Set by a sidecar on refusals of calls that never reached its application: the caller's sidecar may repeat any. */
export const unreachedHeader = "x-theseus-unreached";

export interface LocalReplyOptions {
  /** Mark what never reached the application. */
  readonly markUnreached: boolean;
}

/** Gives every refusal of a sidecar the status code and the details that the contract says. */
export function grpcLocalReply(policy: MeshPolicy, { markUnreached }: LocalReplyOptions): Message {
  const marked = mapper(policy, unreached, [header(unreachedHeader, "true")]);
  return {
    mappers: [...(markUnreached ? [marked] : []), ...refusals.map((refusal) => mapper(policy, refusal, []))],
  };
}

function mapper(policy: MeshPolicy, refusal: Refusal, headers: readonly Message[]): Message {
  const rule = reasonPolicy(policy, refusal.reason);
  return {
    filter: refusal.when,
    body: { inline_string: refusal.message },
    headers_to_add: [
      header("grpc-status", String(rule.code)),
      header(STATUS_DETAILS, statusDetails(rule, refusal.message)),
      ...headers,
    ],
  };
}

function header(key: string, value: string): Message {
  return { header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" };
}

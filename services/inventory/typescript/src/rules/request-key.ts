import { type Call, fingerprint, requireUser } from "@theseus/kit";

/** Identifies a request when it is repeated: whose it is, its id, and a fingerprint of its content. */
export interface RequestKey {
  readonly scope: string;
  readonly requestId: string;
  readonly fingerprint: string;
}

/** `fields` are the method's name and the request's content, in the order that storage.md gives. */
export function toRequestKey(call: Call, requestId: string, fields: readonly string[]): RequestKey {
  return { scope: requireUser(call).user, requestId, fingerprint: fingerprint(fields) };
}

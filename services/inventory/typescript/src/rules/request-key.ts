import { type Call, fingerprint, requireUser } from "@theseus/kit";

/** By what a write that is repeated is recognised: whose it is, its id, and what it says. */
export interface RequestKey {
  readonly scope: string;
  readonly requestId: string;
  readonly fingerprint: string;
}

/** `fields` are the method's name and what the request says, in the order that storage.md gives. */
export function toRequestKey(call: Call, requestId: string, fields: readonly string[]): RequestKey {
  return { scope: requireUser(call).user, requestId, fingerprint: fingerprint(fields) };
}

import { Code, encodeStatus } from "@theseus/kit/contract";
import type { MeshPolicy, ReasonPolicy } from "../../policy/mesh-policy.js";

export function reasonPolicy(policy: MeshPolicy, reason: string): ReasonPolicy {
  const found = policy.reasons.find((candidate) => candidate.reason === reason);
  if (found === undefined) throw new Error(`the contract has no error reason ${reason}`);
  return found;
}

/** The canonical name of a gRPC status code. */
export function statusName(code: Code): string {
  return Code[code];
}

/** A ready-made `grpc-status-details-bin`: google.rpc.Status with ErrorInfo, and RetryInfo where waiting helps. */
export function statusDetails(rule: ReasonPolicy, message: string): string {
  return Buffer.from(encodeStatus({ ...rule, message })).toString("base64");
}

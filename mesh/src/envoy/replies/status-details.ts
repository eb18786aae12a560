import { create, toBinary } from "@bufbuild/protobuf";
import { type Any, anyPack } from "@bufbuild/protobuf/wkt";
import { Code } from "@theseus/contract/es/google/rpc/code_pb.js";
import { ErrorInfoSchema, RetryInfoSchema } from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { StatusSchema } from "@theseus/contract/es/google/rpc/status_pb.js";
import type { MeshPolicy, ReasonRule } from "../../policy/mesh-policy.js";

export const errorDomain = "theseus";

export function ruleOf(policy: MeshPolicy, reason: string): ReasonRule {
  const rule = policy.reasons.find((candidate) => candidate.reason === reason);
  if (rule === undefined) throw new Error(`the contract has no error reason ${reason}`);
  return rule;
}

/** The canonical name of a gRPC status code. */
export function statusName(code: number): string {
  return Code[code] ?? "UNKNOWN";
}

/** A ready-made `grpc-status-details-bin`: google.rpc.Status with ErrorInfo, and RetryInfo where waiting helps. */
export function statusDetails(rule: ReasonRule, message: string): string {
  const info = create(ErrorInfoSchema, { reason: rule.reason, domain: errorDomain });
  const details = [anyPack(ErrorInfoSchema, info), ...retryInfo(rule.retryAfterMs)];
  const status = create(StatusSchema, { code: rule.code, message, details });
  return Buffer.from(toBinary(StatusSchema, status)).toString("base64");
}

function retryInfo(ms: number | undefined): readonly Any[] {
  if (ms === undefined) return [];
  const retryDelay = { seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 };
  return [anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay }))];
}

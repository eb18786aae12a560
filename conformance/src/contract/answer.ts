import { type DescMethod, fromBinary, toJson } from "@bufbuild/protobuf";
import { anyUnpack, durationMs } from "@bufbuild/protobuf/wkt";
import { type ServiceError, status } from "@grpc/grpc-js";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { StatusSchema } from "@theseus/contract/es/google/rpc/status_pb.js";
import type { Fields, Value } from "../cases/case.js";
import type { Contract } from "./contract.js";

/** A status with what its details say. */
export interface Refusal {
  /** `NOT_FOUND` */
  readonly status: string;
  readonly code: number;
  readonly message: string;
  readonly reason?: string;
  readonly domain?: string;
  readonly metadata: Fields;
  readonly violations: readonly {
    readonly field: string;
    readonly rule: string;
    readonly description: string;
  }[];
  /** google.rpc.RetryInfo; undefined without. */
  readonly retryAfterMs?: number;
  /** `grpc-status-details-bin`, hexadecimal. */
  readonly details: string;
  /** True when there are details that cannot be read. */
  readonly unreadable: boolean;
}

export type Answer = { readonly ok: Value } | { readonly refusal: Refusal };

/** A response as JSON with the contract's own names; fields without presence are always there. */
export function toFields(contract: Contract, method: DescMethod, bytes: Uint8Array): Value {
  const options = { registry: contract.registry, useProtoFieldName: true, alwaysEmitImplicit: true } as const;
  return toJson(method.output, fromBinary(method.output, bytes), options) as Value;
}

export function toRefusal(error: ServiceError): Refusal {
  const plain = {
    status: status[error.code] ?? String(error.code),
    code: error.code,
    message: error.details,
  };
  const none = { ...plain, metadata: {}, violations: [], unreadable: false, details: "" };
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!(bytes instanceof Buffer)) return none;
  const details = bytes.toString("hex");
  try {
    return { ...none, ...readDetails(bytes), details };
  } catch {
    return { ...none, unreadable: true, details };
  }
}

function readDetails(bytes: Buffer): Partial<Refusal> {
  const found: { -readonly [K in keyof Refusal]?: Refusal[K] } = {};
  for (const detail of fromBinary(StatusSchema, bytes).details) {
    const info = anyUnpack(detail, ErrorInfoSchema);
    if (info !== undefined)
      Object.assign(found, { reason: info.reason, domain: info.domain, metadata: info.metadata });
    const violations = anyUnpack(detail, BadRequestSchema)?.fieldViolations;
    if (violations !== undefined) {
      found.violations = violations.map(({ field, reason, description }) => ({
        field,
        rule: reason,
        description,
      }));
    }
    const retry = anyUnpack(detail, RetryInfoSchema);
    if (retry !== undefined) found.retryAfterMs = retry.retryDelay ? durationMs(retry.retryDelay) : 0;
  }
  return found;
}

import { type DescMethod, fromBinary, toJson } from "@bufbuild/protobuf";
import { type ServiceError, status } from "@grpc/grpc-js";
import {
  type Contract,
  readDetails,
  readStatusTrailer,
  type StatusDetails,
  type Violation,
} from "@theseus/kit/contract";
import type { Value } from "../cases/value.js";

/** A status with what its details say. */
export interface Refusal extends StatusDetails {
  /** `NOT_FOUND` */
  readonly status: string;
  readonly code: number;
  readonly message: string;
  readonly violations: readonly Violation[];
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

export function toRefusal({ code, details: message, metadata }: ServiceError): Refusal {
  const { bytes, details } = readStatusTrailer(metadata);
  const { violations = [], unreadable, ...rest } = readDetails(details ?? []);
  return {
    status: status[code] ?? String(code),
    code,
    message,
    ...rest,
    violations,
    details: bytes?.toString("hex") ?? "",
    unreadable: unreadable || (bytes !== undefined && details === undefined),
  };
}

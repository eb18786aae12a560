import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import { Metadata } from "@grpc/grpc-js";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { type Status, StatusSchema } from "@theseus/contract/es/google/rpc/status_pb.js";
import { type Code, type ErrorReason, reasonName, reasonNamed } from "../contract/reason-rule.js";
import type { ErrorDetails, StatusError } from "./status-error.js";

/** The domain of every reason of this contract. */
export const ERROR_DOMAIN = "theseus";

const HEADER = "grpc-status-details-bin";
/** Trailers share a limit of some 16 KB with proxies on the way; nobody repairs more fields than this at once. */
const MOST_VIOLATIONS = 32;

/** A failed call as grpc-js reports it. */
export interface ServiceFailure extends Error {
  readonly code: Code;
  readonly details: string;
  readonly metadata: Metadata;
}

export function isServiceError(thrown: unknown): thrown is ServiceFailure {
  return (
    thrown instanceof Error &&
    "code" in thrown &&
    typeof thrown.code === "number" &&
    "details" in thrown &&
    "metadata" in thrown &&
    thrown.metadata instanceof Metadata
  );
}

/** Trailers with `grpc-status-details-bin`: ErrorInfo always, BadRequest and RetryInfo where there is something to say. */
export function writeStatusDetails(error: StatusError): Metadata {
  const { metadata, violations, retryAfterMs } = error.details;
  const status = create(StatusSchema, { code: error.code, message: error.message });
  const reason = reasonName(error.reason);
  status.details.push(
    anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason, domain: ERROR_DOMAIN, metadata })),
  );
  if (violations.length > 0) {
    const fieldViolations = violations
      .slice(0, MOST_VIOLATIONS)
      .map(({ field, rule, message }) => ({ field, reason: rule, description: message }));
    status.details.push(anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations })));
  }
  if (retryAfterMs !== undefined) {
    const retryDelay = {
      seconds: BigInt(Math.floor(retryAfterMs / 1000)),
      nanos: (retryAfterMs % 1000) * 1e6,
    };
    status.details.push(anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay })));
  }
  const trailers = new Metadata();
  trailers.set(HEADER, Buffer.from(toBinary(StatusSchema, status)));
  return trailers;
}

/** The other way round. Unknown details are passed over; a damaged header counts as none. */
export function readStatusDetails(
  trailers: Metadata,
): Partial<ErrorDetails> & { readonly reason?: ErrorReason } {
  const status = parse(trailers.get(HEADER)[0]);
  if (status === undefined) return {};
  const info = first(status, ErrorInfoSchema);
  const reason = info?.domain === ERROR_DOMAIN ? reasonNamed(info.reason) : undefined;
  const retryDelay = first(status, RetryInfoSchema)?.retryDelay;
  return {
    ...(reason !== undefined && { reason }),
    metadata: info?.metadata ?? {},
    violations: (first(status, BadRequestSchema)?.fieldViolations ?? []).map((violation) => ({
      field: violation.field,
      rule: violation.reason,
      message: violation.description,
    })),
    ...(retryDelay && { retryAfterMs: Number(retryDelay.seconds) * 1000 + retryDelay.nanos / 1e6 }),
  };
}

function parse(header: string | Buffer | undefined): Status | undefined {
  if (!Buffer.isBuffer(header)) return undefined;
  try {
    return fromBinary(StatusSchema, header);
  } catch {
    return undefined;
  }
}

function first<Desc extends typeof ErrorInfoSchema | typeof BadRequestSchema | typeof RetryInfoSchema>(
  status: Status,
  schema: Desc,
) {
  for (const detail of status.details) {
    const found = anyUnpack<Desc>(detail, schema);
    if (found) return found;
  }
  return undefined;
}

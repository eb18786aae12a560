import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Any, anyPack, anyUnpack, durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import type { Metadata } from "@grpc/grpc-js";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { StatusSchema } from "@theseus/contract/es/google/rpc/status_pb.js";
import type { Code } from "./reason-rule.js";

/** The domain of every reason of this contract. */
export const ERROR_DOMAIN = "theseus";

/** The trailer that carries a serialised google.rpc.Status. */
export const STATUS_DETAILS = "grpc-status-details-bin";

/** Trailers share a limit of some 16 KB with proxies on the way; nobody repairs more fields than this at once. */
const MOST_VIOLATIONS = 32;

/** One field of a request that is not as it must be. */
export interface Violation {
  /** Path in the request, in the contract's spelling: `user.email`, `lines[2].quantity`. */
  readonly field: string;
  /** Id of the broken rule: `string.email`, `required`. */
  readonly rule: string;
  /** What is wrong, for people. Never the value itself. */
  readonly message: string;
}

/** What the details of a status say, of those kinds that the contract uses. */
export interface StatusDetails {
  /** `google.rpc.ErrorInfo`; undefined without one. */
  readonly reason?: string;
  readonly domain?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** `google.rpc.BadRequest`; undefined without one. */
  readonly violations?: readonly Violation[];
  /** `google.rpc.RetryInfo`, in ms; undefined without one. */
  readonly retryAfterMs?: number;
}

/** A status to be sent. */
export interface StatusParts {
  readonly code: Code;
  readonly message: string;
  readonly reason: string;
  /** Default `theseus`. */
  readonly domain?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly Violation[];
  readonly retryAfterMs?: number | undefined;
}

/** The details of a status: ErrorInfo always, BadRequest and RetryInfo where there is something to say. */
export function packDetails(parts: StatusParts): Any[] {
  const { reason, domain = ERROR_DOMAIN, metadata = {}, violations = [], retryAfterMs } = parts;
  const details = [anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason, domain, metadata }))];
  if (violations.length > 0) {
    const fieldViolations = violations
      .slice(0, MOST_VIOLATIONS)
      .map(({ field, rule, message }) => ({ field, reason: rule, description: message }));
    details.push(anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations })));
  }
  if (retryAfterMs !== undefined) {
    const retryDelay = durationFromMs(retryAfterMs);
    details.push(anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay })));
  }
  return details;
}

/** A serialised google.rpc.Status, as `grpc-status-details-bin` carries it. */
export function encodeStatus(parts: StatusParts): Uint8Array {
  const { code, message } = parts;
  return toBinary(StatusSchema, create(StatusSchema, { code, message, details: packDetails(parts) }));
}

/** Decodes a serialised google.rpc.Status; undefined for bytes that are none. Its details stay packed. */
export function decodeStatus(
  bytes: Uint8Array,
): { readonly code: number; readonly message: string; readonly details: Any[] } | undefined {
  try {
    return fromBinary(StatusSchema, bytes);
  } catch {
    return undefined;
  }
}

/** The status that the trailers of a call carry. */
export interface StatusTrailer {
  /** As they came; undefined without any. */
  readonly bytes: Buffer | undefined;
  /** The status that the bytes say; undefined without a status, or for bytes that are none. */
  readonly code: number | undefined;
  /** Still packed; likewise. */
  readonly details: readonly Any[] | undefined;
}

/** Reads `grpc-status-details-bin`. */
export function readStatusTrailer(metadata: Metadata): StatusTrailer {
  const [trailer] = metadata.get(STATUS_DETAILS);
  const bytes = Buffer.isBuffer(trailer) ? trailer : undefined;
  const status = bytes && decodeStatus(bytes);
  return { bytes, code: status?.code, details: status?.details };
}

/**
 * Reads the details of a status. The first of each kind counts, and other kinds are ignored. A detail that cannot be
 * decoded is ignored as well, and makes `unreadable` true.
 */
export function readDetails(details: readonly Any[]): StatusDetails & { readonly unreadable: boolean } {
  let unreadable = false;
  const info = first(ErrorInfoSchema);
  const badRequest = first(BadRequestSchema);
  const retry = first(RetryInfoSchema);
  return {
    ...(info && { reason: info.reason, domain: info.domain }),
    metadata: info?.metadata ?? {},
    ...(badRequest && {
      violations: badRequest.fieldViolations.map(({ field, reason, description }) => ({
        field,
        rule: reason,
        message: description,
      })),
    }),
    ...(retry && { retryAfterMs: retry.retryDelay ? durationMs(retry.retryDelay) : 0 }),
    unreadable,
  };

  function first<Desc extends typeof ErrorInfoSchema | typeof BadRequestSchema | typeof RetryInfoSchema>(
    schema: Desc,
  ) {
    for (const detail of details) {
      try {
        const found = anyUnpack<Desc>(detail, schema);
        if (found) return found;
      } catch {
        unreadable = true;
      }
    }
    return undefined;
  }
}

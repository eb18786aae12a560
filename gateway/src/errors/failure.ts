import {
  create,
  createRegistry,
  type DescMessage,
  fromBinary,
  type JsonObject,
  type JsonValue,
  type Registry,
  toJson,
} from "@bufbuild/protobuf";
import { base64Encode } from "@bufbuild/protobuf/wire";
import { type Any, AnySchema, anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import { status as Code, Metadata } from "@grpc/grpc-js";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  file_google_rpc_error_details as errorDetails,
  RetryInfoSchema,
} from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { StatusSchema } from "@theseus/contract/es/google/rpc/status_pb.js";
import { toJsonPath } from "../json/field-path.js";
import { GatewayError, REFUSALS, type Refusal } from "./gateway-error.js";
import { httpStatusOf, knownCode } from "./status-table.js";

const REASONS = "theseus.error.v1.ErrorReason";

/** An error as it goes to a client. */
export interface Failure {
  readonly httpStatus: number;
  readonly code: Code;
  readonly reason: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: JsonObject };
}

/** Turns what was thrown into what a client gets to see. */
export type ToFailure = (thrown: unknown, input?: DescMessage) => Failure;

/**
 * Statuses of the upstream keep code, text and all details; a detail of an unknown type is passed on as its bytes.
 * Texts of statuses without details that gRPC libraries make up themselves (UNAVAILABLE, INTERNAL, …) name sockets and
 * hosts: they are replaced. Everything else that is thrown is INTERNAL with a fixed text.
 */
export function createToFailure(contract: Registry): ToFailure {
  const registry = createRegistry(contract, errorDetails);
  const domain = contract.getEnum(REASONS) ? "theseus" : "gateway";

  function toFailure(thrown: unknown, input?: DescMessage): Failure {
    if (thrown instanceof GatewayError) return ofGateway(thrown);
    if (!isServiceError(thrown)) return ofGateway(new GatewayError("INTERNAL", "internal error"));
    const code = knownCode(thrown.code);
    const details = readDetails(thrown.metadata);
    const plain = details.length === 0 ? PLAIN[code] : undefined;
    if (plain)
      return ofGateway(new GatewayError(plain.reason, plain.message), plain.reason === "SERVICE_UNAVAILABLE");
    return render(
      code,
      thrown.details,
      input ? details.map((detail) => inJsonNames(detail, input)) : details,
    );
  }

  function ofGateway(error: GatewayError, retry = false): Failure {
    const info = create(ErrorInfoSchema, { reason: error.reason, domain, metadata: { ...error.metadata } });
    const details = [anyPack(ErrorInfoSchema, info)];
    if (error.violations.length > 0) {
      const fieldViolations = error.violations.map(({ field, rule, message }) => ({
        field,
        reason: rule,
        description: message,
      }));
      details.push(anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations })));
    }
    if (retry)
      details.push(anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay: { seconds: 1n } })));
    return render(REFUSALS[error.reason].code, error.message, details, error.headers, error.httpStatus);
  }

  function render(
    code: Code,
    message: string,
    details: readonly Any[],
    headers: Failure["headers"] = {},
    own?: number,
  ): Failure {
    const info = firstOf(details, (any) => anyUnpack(any, ErrorInfoSchema));
    const retry = firstOf(details, (any) => anyUnpack(any, RetryInfoSchema))?.retryDelay;
    const known = info?.domain === domain && isRefusal(info.reason) ? REFUSALS[info.reason].http : undefined;
    const httpStatus = own ?? known ?? httpStatusOf(code);
    const shown = details.map((any) => showDetail(any, registry));
    return {
      httpStatus,
      code,
      reason: info?.reason,
      headers: {
        ...headers,
        ...(retry && {
          "retry-after": String(Math.max(0, Number(retry.seconds) + (retry.nanos > 0 ? 1 : 0))),
        }),
      },
      body: { error: { code: httpStatus, status: Code[code], message, details: shown } },
    };
  }

  return toFailure;
}

const PLAIN: Partial<Record<Code, { readonly reason: Refusal; readonly message: string }>> = {
  [Code.UNAVAILABLE]: { reason: "SERVICE_UNAVAILABLE", message: "the service cannot be reached now" },
  [Code.DEADLINE_EXCEEDED]: { reason: "DEADLINE_EXCEEDED", message: "the deadline has passed" },
  [Code.CANCELLED]: { reason: "CANCELLED", message: "the call was cancelled" },
  [Code.INTERNAL]: { reason: "INTERNAL", message: "internal error" },
  [Code.UNKNOWN]: { reason: "INTERNAL", message: "internal error" },
};

interface ServiceFailure extends Error {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

/** True for a failed call as grpc-js reports it. */
export function isServiceError(thrown: unknown): thrown is ServiceFailure {
  return (
    thrown instanceof Error &&
    "code" in thrown &&
    typeof thrown.code === "number" &&
    "metadata" in thrown &&
    thrown.metadata instanceof Metadata
  );
}

function readDetails(trailers: Metadata): readonly Any[] {
  const header = trailers.get("grpc-status-details-bin")[0];
  if (!Buffer.isBuffer(header)) return [];
  try {
    return fromBinary(StatusSchema, header).details;
  } catch {
    return [];
  }
}

/** Field violations speak of the request as its client wrote it. */
function inJsonNames(detail: Any, input: DescMessage): Any {
  const request = unpack(detail);
  if (!request) return detail;
  const fieldViolations = request.fieldViolations.map((each) => ({
    ...each,
    field: toJsonPath(each.field, input),
  }));
  return anyPack(BadRequestSchema, { ...request, fieldViolations });
}

function unpack(detail: Any) {
  try {
    return anyUnpack(detail, BadRequestSchema);
  } catch {
    return undefined;
  }
}

function showDetail(any: Any, registry: Registry): JsonValue {
  try {
    return toJson(AnySchema, any, { registry });
  } catch {
    return { "@type": any.typeUrl, value: base64Encode(any.value) };
  }
}

function firstOf<T>(details: readonly Any[], read: (any: Any) => T | undefined): T | undefined {
  for (const any of details) {
    try {
      const found = read(any);
      if (found) return found;
    } catch {
      // A damaged detail is shown as its bytes.
    }
  }
  return undefined;
}

function isRefusal(reason: string): reason is Refusal {
  return Object.hasOwn(REFUSALS, reason);
}

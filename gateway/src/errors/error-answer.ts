import { createRegistry, type DescMessage, type JsonObject, type Registry } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import type { ServiceError } from "@grpc/grpc-js";
import { file_google_rpc_error_details as detailTypes } from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { isCutOff, isServiceError } from "@theseus/kit";
import { Code, ERROR_DOMAIN, packDetails, readDetails, readStatusTrailer } from "@theseus/kit/contract";
import { reasonsOf } from "./contract-reasons.js";
import { GATEWAY_REASONS, GatewayError, isGatewayReason } from "./gateway-error.js";
import { showDetail } from "./show-detail.js";
import { httpStatusOf, knownCode } from "./status-table.js";

/** An error as it goes to a client. */
export interface ErrorAnswer {
  readonly httpStatus: number;
  readonly code: Code;
  readonly reason: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: JsonObject };
}

/** Turns what was thrown into what a client gets to see. `input` is the message of the request, when that is known. */
export type ToErrorAnswer = (thrown: unknown, input?: DescMessage) => ErrorAnswer;

interface Status {
  readonly code: Code;
  readonly message: string;
  readonly details: readonly Any[];
  /** Instead of the one that goes with reason or code. */
  readonly httpStatus?: number;
}

/**
 * Statuses of the upstream keep code, text and all details; a detail of an unknown type is passed on as its bytes. A
 * call that ends without a status, because it was reset or its connection was lost, is SERVICE_UNAVAILABLE. Texts of statuses without details that gRPC libraries make up themselves (UNAVAILABLE, INTERNAL, …) name sockets and
 * hosts: they are replaced. Everything else that is thrown is INTERNAL with a fixed text.
 */
export function createToErrorAnswer(contract: Registry): ToErrorAnswer {
  const registry = createRegistry(contract, detailTypes);
  const domain = reasonsOf(contract) ? ERROR_DOMAIN : "gateway";

  function toErrorAnswer(thrown: unknown, input?: DescMessage): ErrorAnswer {
    if (thrown instanceof GatewayError) return ofGateway(thrown);
    if (!isServiceError(thrown)) return ofGateway(INTERNAL);
    if (isCutOff(thrown)) return ofGateway(UNAVAILABLE);
    const status = statusOf(thrown);
    const replaced = status.details.length === 0 ? REPLACED[status.code] : undefined;
    return replaced ? ofGateway(replaced) : render(status, input);
  }

  function ofGateway(error: GatewayError): ErrorAnswer {
    const { reason, message, metadata, violations, retryAfterMs, httpStatus } = error;
    const { code } = GATEWAY_REASONS[reason];
    const details = packDetails({ code, message, reason, domain, metadata, violations, retryAfterMs });
    const shown = render({ code, message, details, httpStatus });
    return { ...shown, headers: { ...error.headers, ...shown.headers } };
  }

  function render({ code, message, details, ...given }: Status, input?: DescMessage): ErrorAnswer {
    const read = readDetails(details);
    const { reason, retryAfterMs } = read;
    const own = read.domain === domain && isGatewayReason(reason) ? GATEWAY_REASONS[reason].http : undefined;
    const httpStatus = given.httpStatus ?? own ?? httpStatusOf(code);
    const shown = details.map((detail) => showDetail(detail, registry, input));
    return {
      httpStatus,
      code,
      reason,
      headers: retryAfterMs === undefined ? {} : { "retry-after": wholeSeconds(retryAfterMs) },
      body: { error: { code: httpStatus, status: Code[code], message, details: shown } },
    };
  }

  return toErrorAnswer;
}

/** True where the same call may succeed a moment later: nothing of the contract refuses it, and nobody is there for it. */
export function isUnavailable({ code, reason = "SERVICE_UNAVAILABLE" }: ErrorAnswer): boolean {
  return code === Code.UNAVAILABLE && reason === "SERVICE_UNAVAILABLE";
}

const INTERNAL = new GatewayError("INTERNAL", "internal error");
const UNAVAILABLE = new GatewayError("SERVICE_UNAVAILABLE", "the service cannot be reached now", {
  retryAfterMs: 1000,
});
const REPLACED: Partial<Record<Code, GatewayError>> = {
  [Code.UNAVAILABLE]: UNAVAILABLE,
  [Code.DEADLINE_EXCEEDED]: new GatewayError("DEADLINE_EXCEEDED", "the deadline has passed"),
  [Code.CANCELLED]: new GatewayError("CANCELLED", "the call was cancelled"),
  [Code.INTERNAL]: INTERNAL,
  [Code.UNKNOWN]: INTERNAL,
};

function statusOf({ code, details: message, metadata }: ServiceError): Status {
  return { code: knownCode(code), message, details: readStatusTrailer(metadata).details ?? [] };
}

function wholeSeconds(ms: number): string {
  return String(Math.max(0, Math.ceil(ms / 1000)));
}

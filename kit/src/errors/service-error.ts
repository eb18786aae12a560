import { Metadata, type ServiceError } from "@grpc/grpc-js";
import { readStatusTrailer } from "../contract/status-details.js";

/**
 * What grpc-js says of a call whose stream was reset, or ended without trailers. It gives most codes of RST_STREAM a
 * status of their own, and nothing but the text tells that status from one that the peer sent.
 */
const CUT_OFF = new RegExp(
  `^(?:${[
    "Received RST_STREAM with code .*",
    "Call cancelled",
    "Bandwidth exhausted or memory limit exceeded",
    "Protocol not secure enough",
    "Received HTTP status code 200",
    "No status information received",
    "Failed to start HTTP/2 stream .*",
    "Write error: .*",
  ].join("|")})$`,
  "s",
);

/** True for a failed call as grpc-js reports it. */
export function isServiceError(thrown: unknown): thrown is ServiceError {
  return (
    thrown instanceof Error &&
    "code" in thrown &&
    typeof thrown.code === "number" &&
    "details" in thrown &&
    "metadata" in thrown &&
    thrown.metadata instanceof Metadata
  );
}

/**
 * True for a call that ended before its peer sent a status: a proxy reset it, or the connection was lost. What the peer
 * has done is unknown, and the code that grpc-js gives says nothing about it.
 */
export function isCutOff({ details, metadata }: ServiceError): boolean {
  return CUT_OFF.test(details) && readStatusTrailer(metadata).bytes === undefined;
}

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { create, toBinary } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import { StatusSchema } from "@theseus/contract/es/google/rpc/status_pb.js";
import { Code, decodeStatus, packDetails, STATUS_DETAILS } from "@theseus/kit/contract";

/** How a call ends: gRPC's status, and google.rpc.Status with the details when there is one. */
export interface Ending {
  readonly code: number;
  readonly message: string;
  readonly details?: { readonly code: number; readonly message: string; readonly details: Any[] };
}

export const OK: Ending = { code: Code.OK, message: "" };

/** Undefined when the headers or trailers do not end the call. */
export function readEnding(trailers: IncomingHttpHeaders): Ending | undefined {
  const code = trailers["grpc-status"];
  if (code === undefined) return undefined;
  const message = decodeURIComponent(String(trailers["grpc-message"] ?? ""));
  const bytes = trailers[STATUS_DETAILS];
  const details = typeof bytes === "string" ? decodeStatus(Buffer.from(bytes, "base64")) : undefined;
  return { code: Number(code), message, ...(details && { details }) };
}

export function writeEnding({ code, message, details }: Ending): OutgoingHttpHeaders {
  const bytes = details && toBinary(StatusSchema, create(StatusSchema, details));
  return {
    "grpc-status": String(code),
    ...(message === "" ? {} : { "grpc-message": encodeURIComponent(message) }),
    ...(bytes && { [STATUS_DETAILS]: Buffer.from(bytes).toString("base64") }),
  };
}

/** A refusal as an implementation would write it. */
export function refusal(code: Code, reason: string, message: string): Ending {
  return { code, message, details: { code, message, details: packDetails({ code, message, reason }) } };
}

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { status as Code } from "@grpc/grpc-js";
import { ErrorInfoSchema } from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { type Status, StatusSchema } from "@theseus/contract/es/google/rpc/status_pb.js";

/** How a call ends: gRPC's status, and google.rpc.Status with the details when there is one. */
export interface Ending {
  readonly code: number;
  readonly message: string;
  readonly details?: Status;
}

export const OK: Ending = { code: Code.OK, message: "" };

/** Undefined when the headers or trailers do not end the call. */
export function readEnding(trailers: IncomingHttpHeaders): Ending | undefined {
  const code = trailers["grpc-status"];
  if (code === undefined) return undefined;
  const message = decodeURIComponent(String(trailers["grpc-message"] ?? ""));
  const details = trailers["grpc-status-details-bin"];
  const known = { code: Number(code), message };
  if (typeof details !== "string") return known;
  return { ...known, details: fromBinary(StatusSchema, Buffer.from(details, "base64")) };
}

export function writeEnding({ code, message, details }: Ending): OutgoingHttpHeaders {
  return {
    "grpc-status": String(code),
    ...(message === "" ? {} : { "grpc-message": encodeURIComponent(message) }),
    ...(details === undefined
      ? {}
      : { "grpc-status-details-bin": Buffer.from(toBinary(StatusSchema, details)).toString("base64") }),
  };
}

/** A refusal as an implementation would write it. */
export function refusal(code: number, reason: string, message: string): Ending {
  const info = create(ErrorInfoSchema, { reason, domain: "theseus" });
  const details = create(StatusSchema, { code, message, details: [anyPack(ErrorInfoSchema, info)] });
  return { code, message, details };
}

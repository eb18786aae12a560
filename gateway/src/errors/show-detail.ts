import { type DescMessage, type JsonValue, type Registry, toJson } from "@bufbuild/protobuf";
import { base64Encode } from "@bufbuild/protobuf/wire";
import { type Any, AnySchema, anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import { BadRequestSchema } from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { toJsonPath } from "../json/field-path.js";

/**
 * A detail of a status in ProtoJSON; one that is damaged or of an unknown type as its bytes. Field violations come out
 * in the JSON names of `input`, the request's message: as the client wrote them.
 */
export function showDetail(detail: Any, registry: Registry, input: DescMessage | undefined): JsonValue {
  try {
    return toJson(AnySchema, input ? inJsonNames(detail, input) : detail, { registry });
  } catch {
    return { "@type": detail.typeUrl, value: base64Encode(detail.value) };
  }
}

function inJsonNames(detail: Any, input: DescMessage): Any {
  const badRequest = anyUnpack(detail, BadRequestSchema);
  if (!badRequest) return detail;
  for (const violation of badRequest.fieldViolations) violation.field = toJsonPath(violation.field, input);
  return anyPack(BadRequestSchema, badRequest);
}

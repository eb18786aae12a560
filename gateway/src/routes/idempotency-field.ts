import { type DescField, type DescMethod, getOption, ScalarType } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { FieldInfo_Format, field_info } from "@theseus/contract/es/google/api/field_info_pb.js";
import { isClientStream } from "@theseus/kit/contract";

/**
 * The field that makes a repeat harmless, and that the header Idempotency-Key stands for: the UUID4 field of a method
 * that changes something; among several the one that AIP-155 names.
 */
export function idempotencyFieldOf(method: DescMethod): DescField | undefined {
  if (method.idempotency === Idempotency.NO_SIDE_EFFECTS || isClientStream(method)) return undefined;
  const keys = method.input.fields.filter(
    (field) =>
      field.fieldKind === "scalar" &&
      field.scalar === ScalarType.STRING &&
      getOption(field, field_info).format === FieldInfo_Format.UUID4,
  );
  return keys.length === 1 ? keys[0] : keys.find((field) => field.name === "request_id");
}

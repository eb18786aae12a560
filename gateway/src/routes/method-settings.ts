import {
  type DescField,
  type DescMethod,
  type FileRegistry,
  getOption,
  ScalarType,
} from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { FieldInfo_Format, field_info } from "@theseus/contract/es/google/api/field_info_pb.js";
import { policy } from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_REQUEST_BYTES = 4 * 1024 * 1024;

/** What a method's options say about calling it. */
export interface MethodSettings {
  /** The longest that a call may take. */
  readonly timeoutMs: number;
  /** Largest request message, in bytes of Protobuf. */
  readonly maxRequestBytes: number;
  /** The field that makes a repeat harmless: what the header Idempotency-Key stands for. */
  readonly idempotencyField: DescField | undefined;
}

/** Settings from theseus.mesh.v1.policy and google.api.field_info; where there are none: 10 s, 4 MiB, no field. */
export function methodSettings(method: DescMethod, registry: FileRegistry): MethodSettings {
  const rules = registry.getExtension(policy.typeName) ? getOption(method, policy) : undefined;
  const timeout = rules?.timeout;
  return {
    timeoutMs: timeout ? Number(timeout.seconds) * 1000 + timeout.nanos / 1e6 : DEFAULT_TIMEOUT_MS,
    maxRequestBytes: rules?.maxRequestBytes || DEFAULT_MAX_REQUEST_BYTES,
    idempotencyField: idempotencyField(method),
  };
}

/** The UUID4 field of a method that changes something; among several the one that AIP-155 names. */
function idempotencyField(method: DescMethod): DescField | undefined {
  if (method.idempotency === Idempotency.NO_SIDE_EFFECTS || isClientStream(method)) return undefined;
  const keys = method.input.fields.filter(
    (field) =>
      field.fieldKind === "scalar" &&
      field.scalar === ScalarType.STRING &&
      getOption(field, field_info).format === FieldInfo_Format.UUID4,
  );
  return keys.length === 1 ? keys[0] : keys.find((field) => field.name === "request_id");
}

/** True when the client sends a stream of messages. */
export function isClientStream(method: DescMethod): boolean {
  return method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming";
}

/** True when the answer is a stream of messages. */
export function isServerStream(method: DescMethod): boolean {
  return method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming";
}

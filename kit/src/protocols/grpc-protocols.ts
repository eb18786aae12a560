import { type DescFile, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  file_grpc_health_v1_health,
  Health,
  type HealthCheckRequest,
  HealthCheckRequestSchema,
  HealthCheckResponseSchema,
} from "@theseus/contract/es/grpc/health/v1/health_pb.js";
import {
  file_grpc_reflection_v1_reflection,
  type ServerReflectionRequest as ReflectionRequest,
  type ServerReflectionResponse as ReflectionResponse,
  ServerReflection,
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
} from "@theseus/contract/es/grpc/reflection/v1/reflection_pb.js";
import {
  file_grpc_reflection_v1alpha_reflection,
  ServerReflection as ServerReflectionAlpha,
} from "@theseus/contract/es/grpc/reflection/v1alpha/reflection_pb.js";

// The protocols of gRPC's own that every server speaks. They are not part of the contract, but reflection tells of them too.

export type { HealthCheckRequest, ReflectionRequest, ReflectionResponse };

/** The health protocol: its file's bytes and its messages. */
export const healthProtocol = {
  file: bytesOf(file_grpc_health_v1_health),
  typeName: Health.typeName,
  request: HealthCheckRequestSchema,
  response: HealthCheckResponseSchema,
} as const;

/** The reflection protocol in its two versions, whose messages have other names and the same fields. */
export const reflectionProtocols = [
  { file: bytesOf(file_grpc_reflection_v1_reflection), typeName: ServerReflection.typeName },
  { file: bytesOf(file_grpc_reflection_v1alpha_reflection), typeName: ServerReflectionAlpha.typeName },
].map((version) => ({
  ...version,
  request: ServerReflectionRequestSchema,
  response: ServerReflectionResponseSchema,
}));

function bytesOf(file: DescFile): Uint8Array {
  return toBinary(FileDescriptorProtoSchema, file.proto);
}

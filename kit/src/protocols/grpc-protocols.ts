import { create, createFileRegistry, type Message, toBinary } from "@bufbuild/protobuf";
import type { GenMessage } from "@bufbuild/protobuf/codegenv2";
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";

// The messages of gRPC's own protocols, after grpc/health/v1/health.proto and grpc/reflection/v1/reflection.proto of
// github.com/grpc/grpc-proto. They are not part of the contract, but reflection tells of them too.

/** `grpc.health.v1.HealthCheckRequest` */
export type HealthCheckRequest = Message<"grpc.health.v1.HealthCheckRequest"> & { service: string };
/** `grpc.health.v1.HealthCheckResponse` */
export type HealthCheckResponse = Message<"grpc.health.v1.HealthCheckResponse"> & { status: number };

/** `grpc.reflection.*.ServerReflectionRequest` */
export type ReflectionRequest = Message & {
  host: string;
  messageRequest:
    | {
        case: "fileByFilename" | "fileContainingSymbol" | "allExtensionNumbersOfType" | "listServices";
        value: string;
      }
    | { case: "fileContainingExtension"; value: { containingType: string; extensionNumber: number } }
    | { case: undefined; value?: undefined };
};

/** `grpc.reflection.*.ServerReflectionResponse` */
export type ReflectionResponse = Message & {
  validHost: string;
  originalRequest?: ReflectionRequest;
  messageResponse:
    | { case: "fileDescriptorResponse"; value: Message & { fileDescriptorProto: Uint8Array[] } }
    | {
        case: "allExtensionNumbersResponse";
        value: Message & { baseTypeName: string; extensionNumber: number[] };
      }
    | { case: "listServicesResponse"; value: Message & { service: (Message & { name: string })[] } }
    | { case: "errorResponse"; value: Message & { errorCode: number; errorMessage: string } }
    | { case: undefined; value?: undefined };
};

const healthFile = describeHealth();
const health = createFileRegistry(healthFile, () => undefined);

/** The health protocol: its file's bytes and its messages. */
export const healthProtocol = {
  file: toBinary(FileDescriptorProtoSchema, healthFile),
  typeName: "grpc.health.v1.Health",
  request: health.getMessage("grpc.health.v1.HealthCheckRequest") as GenMessage<HealthCheckRequest>,
  response: health.getMessage("grpc.health.v1.HealthCheckResponse") as GenMessage<HealthCheckResponse>,
} as const;

/** The reflection protocol in its two versions, which differ in the package's name alone. */
export const reflectionProtocols = ["grpc.reflection.v1", "grpc.reflection.v1alpha"].map((name) => {
  const file = describeReflection(name);
  const registry = createFileRegistry(file, () => undefined);
  return {
    file: toBinary(FileDescriptorProtoSchema, file),
    typeName: `${name}.ServerReflection`,
    request: registry.getMessage(`${name}.ServerReflectionRequest`) as GenMessage<ReflectionRequest>,
    response: registry.getMessage(`${name}.ServerReflectionResponse`) as GenMessage<ReflectionResponse>,
  } as const;
});

function describeHealth(): FileDescriptorProto {
  const pkg = "grpc.health.v1";
  const [input, output] = [`.${pkg}.HealthCheckRequest`, `.${pkg}.HealthCheckResponse`];
  const states = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];
  const status = { name: "status", number: 1, type: Type.ENUM, typeName: `${output}.ServingStatus` };
  const response = message("HealthCheckResponse", [status]);
  const value = states.map((name, number) => ({ name, number }));
  response.enumType.push(create(EnumDescriptorProtoSchema, { name: "ServingStatus", value }));
  return create(FileDescriptorProtoSchema, {
    name: "grpc/health/v1/health.proto",
    package: pkg,
    syntax: "proto3",
    messageType: [message("HealthCheckRequest", [text("service", 1)]), response],
    service: [
      {
        name: "Health",
        method: [
          { name: "Check", inputType: input, outputType: output },
          { name: "Watch", inputType: input, outputType: output, serverStreaming: true },
        ],
      },
    ],
  });
}

function describeReflection(pkg: string): FileDescriptorProto {
  const of = (name: string, number: number, type: string): Field => ({
    name,
    number,
    type: Type.MESSAGE,
    typeName: `.${pkg}.${type}`,
  });
  const [inputType, outputType] = [`.${pkg}.ServerReflectionRequest`, `.${pkg}.ServerReflectionResponse`];
  const service = {
    name: "ServerReflection",
    method: [
      { name: "ServerReflectionInfo", inputType, outputType, clientStreaming: true, serverStreaming: true },
    ],
  };
  return create(FileDescriptorProtoSchema, {
    name: `${pkg.replaceAll(".", "/")}/reflection.proto`,
    package: pkg,
    syntax: "proto3",
    messageType: [
      message("ServerReflectionRequest", [text("host", 1)], "message_request", [
        text("file_by_filename", 3),
        text("file_containing_symbol", 4),
        of("file_containing_extension", 5, "ExtensionRequest"),
        text("all_extension_numbers_of_type", 6),
        text("list_services", 7),
      ]),
      message("ExtensionRequest", [text("containing_type", 1), integer("extension_number", 2)]),
      message(
        "ServerReflectionResponse",
        [text("valid_host", 1), of("original_request", 2, "ServerReflectionRequest")],
        "message_response",
        [
          of("file_descriptor_response", 4, "FileDescriptorResponse"),
          of("all_extension_numbers_response", 5, "ExtensionNumberResponse"),
          of("list_services_response", 6, "ListServiceResponse"),
          of("error_response", 7, "ErrorResponse"),
        ],
      ),
      message("FileDescriptorResponse", [
        repeated({ name: "file_descriptor_proto", number: 1, type: Type.BYTES }),
      ]),
      message("ExtensionNumberResponse", [
        text("base_type_name", 1),
        repeated(integer("extension_number", 2)),
      ]),
      message("ListServiceResponse", [repeated(of("service", 1, "ServiceResponse"))]),
      message("ServiceResponse", [text("name", 1)]),
      message("ErrorResponse", [integer("error_code", 1), text("error_message", 2)]),
    ],
    service: [service],
  });
}

interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: Type;
  readonly typeName?: string;
  readonly label?: Label;
}

function text(name: string, number: number): Field {
  return { name, number, type: Type.STRING };
}

function integer(name: string, number: number): Field {
  return { name, number, type: Type.INT32 };
}

function repeated(field: Field): Field {
  return { ...field, label: Label.REPEATED };
}

function message(
  name: string,
  plain: readonly Field[],
  oneof?: string,
  members: readonly Field[] = [],
): DescriptorProto {
  const single = plain.map((field) => ({ label: Label.OPTIONAL, ...field }));
  const choices = members.map((field) => ({ label: Label.OPTIONAL, ...field, oneofIndex: 0 }));
  return create(DescriptorProtoSchema, {
    name,
    field: [...single, ...choices],
    oneofDecl: oneof === undefined ? [] : [{ name: oneof }],
  });
}

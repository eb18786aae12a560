import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { GenMessage } from "@bufbuild/protobuf/codegenv2";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { file_google_rpc_error_details } from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { Code } from "../contract/reason-rule.js";
import type { WireMethod } from "../server/wire-call.js";
import { type DescriptorIndex, filesOf, indexDescriptors } from "./descriptor-index.js";
import {
  healthProtocol,
  type ReflectionRequest,
  type ReflectionResponse,
  reflectionProtocols,
} from "./grpc-protocols.js";

type Answer = NonNullable<MessageInitShape<GenMessage<ReflectionResponse>>["messageResponse"]>;

/**
 * Server reflection, v1 and v1alpha, out of a descriptor set. Files are handed out as the bytes that they have in it, so
 * that custom options arrive. gRPC's own protocols are described as well.
 */
export function createReflection(
  descriptorSet: Uint8Array,
  services: readonly string[],
): readonly WireMethod[] {
  const own = [healthProtocol, ...reflectionProtocols];
  const index = indexDescriptors([
    errorDetails(),
    ...own.map((protocol) => protocol.file),
    ...filesOf(descriptorSet),
  ]);
  const names = [...services, ...own.map((protocol) => protocol.typeName)].sort();
  return reflectionProtocols.map(({ typeName, request, response }) => ({
    path: `/${typeName}/ServerReflectionInfo`,
    answer: async (call) => {
      for (let bytes = await call.receive(); bytes; bytes = await call.receive()) {
        const question = fromBinary(request, bytes);
        const messageResponse = reply(question, index, names);
        const message = create(response, {
          validHost: question.host,
          originalRequest: question,
          messageResponse,
        });
        await call.send(toBinary(response, message));
      }
    },
  }));
}

/** No method names these messages, but every refusal carries some: with them, tools can show its details. */
function errorDetails(): Uint8Array {
  return toBinary(FileDescriptorProtoSchema, file_google_rpc_error_details.proto);
}

function reply(
  { messageRequest: asked }: ReflectionRequest,
  index: DescriptorIndex,
  names: readonly string[],
): Answer {
  switch (asked.case) {
    case "fileByFilename":
      return files(index.byName(asked.value));
    case "fileContainingSymbol":
      return files(index.bySymbol(asked.value));
    case "fileContainingExtension":
      return files(index.byExtension(asked.value.containingType, asked.value.extensionNumber));
    case "allExtensionNumbersOfType": {
      const extensionNumber = index.extensionNumbers(asked.value);
      if (extensionNumber === undefined) return refusal(Code.NOT_FOUND, "not found");
      const value = { baseTypeName: asked.value, extensionNumber: [...extensionNumber] };
      return { case: "allExtensionNumbersResponse", value };
    }
    case "listServices":
      return { case: "listServicesResponse", value: { service: names.map((name) => ({ name })) } };
    case undefined:
      return refusal(Code.INVALID_ARGUMENT, "nothing was asked");
    default:
      return asked satisfies never;
  }
}

function files(found: readonly Uint8Array[] | undefined): Answer {
  if (found === undefined) return refusal(Code.NOT_FOUND, "not found");
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto: [...found] } };
}

function refusal(errorCode: Code, errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode, errorMessage } };
}

import { type DescMessage, type DescMethod, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { changeMessages, visit } from "./change-messages.js";
import type { Transformations } from "./parametrised.js";

/** What can be wrong with gRPC's own protocols. */
export const PROTOCOLS = {
  "health-always-serving": () => ({
    response: (bytes, { method }) => ({
      messages: [isHealth(method) ? changeMessages(method.output, bytes, setServing) : bytes],
    }),
  }),
  "health-knows-any-name": () => ({
    request: (bytes, { method }) =>
      isHealth(method) ? changeMessages(method.input, bytes, clearService) : bytes,
  }),
  "reflection-without-options": () => ({
    response: (bytes, { method }) => ({
      messages: [isReflection(method) ? changeMessages(method.output, bytes, clearOptions) : bytes],
    }),
  }),
} satisfies Transformations;

function isHealth(method: DescMethod): boolean {
  return method.parent.typeName === "grpc.health.v1.Health";
}

function isReflection(method: DescMethod): boolean {
  return method.parent.typeName.startsWith("grpc.reflection.");
}

function setServing(answer: ReflectMessage): void {
  const status = answer.fields.find(({ name }) => name === "status");
  if (status?.fieldKind === "enum") answer.set(status, 1);
}

function clearService(request: ReflectMessage): void {
  const service = request.fields.find(({ name }) => name === "service");
  if (service !== undefined) request.clear(service);
}

/** Custom options are unknown fields to whoever reads descriptors without knowing the contract. */
function clearOptions(answer: ReflectMessage): void {
  const files = answer.fields.find(({ name }) => name === "file_descriptor_proto");
  if (files?.fieldKind !== "list") return;
  const list = answer.get(files);
  const plain = [...list].map((bytes) => withoutExtensions(FileDescriptorProtoSchema, bytes as Uint8Array));
  list.clear();
  for (const bytes of plain) list.add(bytes);
}

function withoutExtensions(schema: DescMessage, bytes: Uint8Array): Uint8Array {
  const root = reflect(schema, fromBinary(schema, bytes));
  visit(root, ({ message }) => {
    delete message.$unknown;
  });
  return toBinary(schema, root.message);
}

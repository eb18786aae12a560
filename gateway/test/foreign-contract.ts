import type { MessageInitShape } from "@bufbuild/protobuf";
import { create, setExtension, toBinary } from "@bufbuild/protobuf";
import {
  type FieldDescriptorProtoSchema,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  MethodOptionsSchema,
  FieldDescriptorProto_Type as Type,
  file_google_protobuf_wrappers as wrappers,
} from "@bufbuild/protobuf/wkt";
import { http } from "@theseus/contract/es/google/api/annotations_pb.js";
import { HttpRuleSchema } from "@theseus/contract/es/google/api/http_pb.js";
import { PolicySchema, policy } from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";

type Field = MessageInitShape<typeof FieldDescriptorProtoSchema>;

const field = (name: string, number: number, type: Type, more: Field = {}): Field => ({
  name,
  number,
  type,
  label: Label.OPTIONAL,
  jsonName: name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
  ...more,
});

function method(name: string, rule: MessageInitShape<typeof HttpRuleSchema>, more: object = {}) {
  const options = create(MethodOptionsSchema);
  setExtension(options, http, create(HttpRuleSchema, rule));
  // The zoo has an option of its own, whose number happens to be that of the shop's policy.
  setExtension(options, policy, create(PolicySchema, { maxRequestBytes: 1 }));
  return { name, inputType: ".zoo.Animal", outputType: ".zoo.Animal", options, ...more };
}

/** A contract that has nothing to do with the shop, and no policy, reasons or validation: a zoo. */
export function foreignDescriptorSet(): Uint8Array {
  const set = create(FileDescriptorSetSchema, {
    file: [
      wrappers.proto,
      {
        name: "zoo.proto",
        package: "zoo",
        syntax: "proto3",
        dependency: ["google/protobuf/wrappers.proto"],
        enumType: [
          {
            name: "Diet",
            value: [
              { name: "ANY", number: 0 },
              { name: "MEAT", number: 1 },
            ],
          },
        ],
        messageType: [
          {
            name: "Animal",
            field: [
              field("id", 1, Type.UINT64),
              field("diet", 2, Type.ENUM, { typeName: ".zoo.Diet" }),
              field("mother", 3, Type.MESSAGE, { typeName: ".zoo.Animal" }),
              field("legs", 4, Type.MESSAGE, { typeName: ".google.protobuf.Int32Value" }),
              field("names", 5, Type.STRING, { label: Label.REPEATED }),
              field("cage_path", 6, Type.STRING),
              field("tame", 7, Type.BOOL, { oneofIndex: 0 }),
              field("wild", 8, Type.BOOL, { oneofIndex: 0 }),
              field("photo", 9, Type.BYTES),
              field("cubs", 10, Type.MESSAGE, { typeName: ".zoo.Animal", label: Label.REPEATED }),
            ],
            oneofDecl: [{ name: "temper" }],
          },
        ],
        service: [
          {
            name: "Zoo",
            method: [
              method("Get", {
                pattern: { case: "get", value: "/animals/{id}" },
                additionalBindings: [{ pattern: { case: "get", value: "/cages/{cage_path=**}" } }],
              }),
              method("Find", { pattern: { case: "get", value: "/animals" } }),
              method("Names", {
                pattern: { case: "get", value: "/animals/{id}/names" },
                responseBody: "names",
              }),
              method("Rename", { pattern: { case: "put", value: "/animals/{id}/names" }, body: "names" }),
              method("Feed", {
                pattern: { case: "custom", value: { kind: "search", path: "/animals/{id}:now" } },
                body: "*",
              }),
              method("Health", { pattern: { case: "get", value: "/healthz" } }),
              method(
                "Parade",
                { pattern: { case: "post", value: "/parade" }, body: "*" },
                { clientStreaming: true, serverStreaming: true },
              ),
              { name: "Hidden", inputType: ".zoo.Animal", outputType: ".zoo.Animal" },
            ],
          },
        ],
      },
    ],
  });
  return toBinary(FileDescriptorSetSchema, set);
}

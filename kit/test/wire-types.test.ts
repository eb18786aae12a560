import type { DescMessage } from "@bufbuild/protobuf";
import {
  DoubleValueSchema,
  FileDescriptorProtoSchema,
  FloatValueSchema,
  StructSchema,
  TimestampSchema,
} from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { assertWireTypes } from "../src/server/wire-types.js";

const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

describe("the wire type of a field", () => {
  for (const [what, desc, hex] of [
    ["a number", TimestampSchema, "08 01 10 02"],
    ["a text", FileDescriptorProtoSchema, "0a 01 61"],
    ["an enum", FileDescriptorProtoSchema, "70 01"],
    ["64 bits", DoubleValueSchema, "09 0000000000000000"],
    ["32 bits", FloatValueSchema, "0d 00000000"],
    ["a list of numbers", FileDescriptorProtoSchema, "50 01 50 02"],
    ["a list of numbers, packed", FileDescriptorProtoSchema, "52 02 01 02"],
    ["a message in a list", FileDescriptorProtoSchema, "22 03 0a 01 61 22 00"],
    ["a map", StructSchema, "0a 05 0a 01 61 12 00"],
    ["an unknown field, of any type", TimestampSchema, "c03e01 d23e03616263 db3ec03e01dc3e e53e01020304"],
  ] as const) {
    it(`is right for ${what}`, () => {
      assertWireTypes(desc, bytes(hex));
    });
  }

  for (const [what, desc, hex] of [
    ["a number as 64 bits", TimestampSchema, "09 0000000000000000"],
    ["a number as bytes", TimestampSchema, "12 01 05"],
    ["a number as a group", TimestampSchema, "13 14"],
    ["a number as 32 bits", TimestampSchema, "15 00000000"],
    ["a text as a number", FileDescriptorProtoSchema, "08 01"],
    ["an enum as bytes", FileDescriptorProtoSchema, "72 01 01"],
    ["64 bits as a number", DoubleValueSchema, "08 01"],
    ["32 bits as a number", FloatValueSchema, "08 01"],
    ["a list of texts as numbers", FileDescriptorProtoSchema, "18 01"],
    ["a message as a group", FileDescriptorProtoSchema, "23 24"],
    ["a number in a message in a list", FileDescriptorProtoSchema, "22 07 0a 01 61 0a 00 08 01"],
    ["a map as a number", StructSchema, "08 01"],
  ] satisfies [string, DescMessage, string][]) {
    it(`is wrong for ${what}`, () => {
      expect(() => assertWireTypes(desc, bytes(hex))).to.throw(/has wire type \d/);
    });
  }
});

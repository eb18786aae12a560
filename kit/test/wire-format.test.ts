import type { DescMessage } from "@bufbuild/protobuf";
import {
  DoubleValueSchema,
  FileDescriptorProtoSchema,
  FloatValueSchema,
  StructSchema,
  TimestampSchema,
} from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { assertWireFormat } from "../src/server/wire-format.js";

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
      assertWireFormat(desc, bytes(hex));
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
      expect(() => assertWireFormat(desc, bytes(hex))).to.throw(/has wire type \d/);
    });
  }
});

/** `depth` groups, one inside the other, none of which the message has. */
const groups = (depth: number) => `${"db3e".repeat(depth)}${"dc3e".repeat(depth)}`;

describe("the wire format", () => {
  for (const [what, hex] of [
    ["a tag in more bytes than it needs", "88 80 80 80 00 01"],
    ["the highest number of a field", "f8 ff ff ff 0f 01"],
    ["a varint of 64 bits", "08 ff ff ff ff ff ff ff ff ff 01"],
    ["a length in more bytes than it needs", "d2 3e 81 80 80 80 00 61"],
    ["a hundred groups one inside the other", groups(100)],
  ] as const) {
    it(`allows ${what}`, () => {
      assertWireFormat(TimestampSchema, bytes(hex));
    });
  }

  for (const [what, hex] of [
    ["field number 0", "00 01"],
    ["field number 0 in a group", "db3e 00 01 dc3e"],
    ["a field number above 2^29 - 1", "80 80 80 80 10 01"],
    ["a tag of six bytes", "88 80 80 80 80 00 01"],
    ["wire type 6", "0e"],
    ["wire type 7", "0f"],
    ["a varint of eleven bytes", "c03e ff ff ff ff ff ff ff ff ff ff 01"],
    ["a varint of 65 bits", "c03e ff ff ff ff ff ff ff ff ff 02"],
    ["a varint without an end", "c03e 80"],
    ["64 bits without an end", "c93e 01"],
    ["32 bits without an end", "cd3e 01"],
    ["bytes without an end", "d23e 02 61"],
    ["a length of six bytes", "d23e 81 80 80 80 80 00 61"],
    ["a length of 2^32 + 1", "d23e 81 80 80 80 10 61"],
    ["a tag alone", "08"],
    ["a group without an end", "db3e"],
    ["a group that ends with another number", "db3e e43e"],
    ["the end of a group that has not begun", "dc3e"],
    ["a hundred and one groups one inside the other", groups(101)],
  ] as const) {
    it(`does not allow ${what}`, () => {
      expect(() => assertWireFormat(TimestampSchema, bytes(hex))).to.throw(Error);
    });
  }

  it("does not let a list of numbers go on in the next field", () => {
    expect(() => assertWireFormat(FileDescriptorProtoSchema, bytes("52 01 80 50 01"))).to.throw(/no end/);
  });

  it("does not let a message go on after its end", () => {
    expect(() => assertWireFormat(FileDescriptorProtoSchema, bytes("22 02 0a 05 61 61 61 61 61"))).to.throw(
      /are there/,
    );
  });

  it("holds inside an entry of a map", () => {
    expect(() => assertWireFormat(StructSchema, bytes("0a 02 08 01"))).to.throw(/wire type 0/);
  });
});

import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { Random } from "./random.js";

const [VARINT, FIXED64, LENGTH, START, END, FIXED32] = [0, 1, 2, 3, 4, 5] as const;

/** What follows a tag of each wire type, so that the field is whole. */
const WHOLE: readonly (readonly [number, string])[] = [
  [VARINT, "01"],
  [VARINT, "ffffffffffffffffff01"],
  [FIXED64, "0100000000000000"],
  [LENGTH, "00"],
  [LENGTH, "0161"],
  [LENGTH, "0101"],
  [LENGTH, "01ff"],
  [FIXED32, "01000000"],
];

/** What no decoder may take, in a field that the message has or has not. */
const BROKEN: readonly string[] = [
  // A length that nothing follows, a tag alone, a varint of eleven bytes and one of 65 bits, each in a known field and in field 1000.
  "0a05",
  "d23e05",
  "0a",
  "c03e",
  "08ffffffffffffffffffff01",
  "c03effffffffffffffffffff01",
  "c03effffffffffffffffff02",
  // Field 0, a number of a field above 2^29 - 1, a tag and a length of six bytes, a length of 2^32 + 1.
  "0001",
  "808080801001",
  "c0be8080800001",
  "d23e81808080800061",
  "d23e818080801061",
  // The wire types that are none, ends of groups that have not begun, groups without their end, inside another too.
  "0e",
  "0f",
  "0c",
  "dc3e",
  "0b",
  "db3e",
  "db3ee43e",
  "db3e0001dc3e",
  `${"db3e".repeat(101)}${"dc3e".repeat(101)}`,
];

/** Bytes after a request, hexadecimal: fields again, of other wire types, unknown, or broken. */
export function wireNoise(message: DescMessage, random: Random): string {
  if (random.chance(0.1)) return random.pick(BROKEN);
  if (message.fields.length === 0 || random.chance(0.15))
    return again(random.pick([15, 1000, 536870911]), random);
  const field = random.pick(message.fields);
  const inner = innerOf(field);
  if (inner === undefined || random.chance(0.4)) return again(field.number, random);
  const bytes = wireNoise(inner, random);
  return `${tag(field.number, LENGTH)}${varint(bytes.length / 2)}${bytes}`;
}

function innerOf(field: DescField): DescMessage | undefined {
  return field.fieldKind === "map" ? undefined : field.message;
}

function again(number: number, random: Random): string {
  if (random.chance(0.15)) return `${tag(number, START)}${random.pick(["", "0801"])}${tag(number, END)}`;
  const [type, value] = random.pick(WHOLE);
  return `${tag(number, type)}${value}`;
}

function tag(number: number, type: number): string {
  return varint(number * 8 + type);
}

function varint(value: number): string {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]).toString("hex");
}

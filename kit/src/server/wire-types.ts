import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** How a field of a message is written. */
interface WireField {
  readonly wireTypes: readonly WireType[];
  /** What is inside, where that is a message. */
  readonly message?: DescMessage;
}

const cache = new WeakMap<DescMessage, ReadonlyMap<number, WireField>>();

/**
 * Throws when a field that the message has comes in another wire type than its own, here or in a message inside. The decoder
 * reads every field as its type is written and does not look: a number that comes as bytes would be their length.
 */
export function assertWireTypes(desc: DescMessage, bytes: Uint8Array): void {
  const fields = fieldsOf(desc);
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = fields.get(number);
    if (field !== undefined && !field.wireTypes.includes(wireType))
      throw new Error(`field ${number} of ${desc.typeName} has wire type ${wireType}`);
    if (field?.message === undefined) reader.skip(wireType, number);
    else assertWireTypes(field.message, reader.bytes());
  }
}

function fieldsOf(desc: DescMessage): ReadonlyMap<number, WireField> {
  const found = cache.get(desc);
  if (found) return found;
  const made = new Map(desc.fields.map((field) => [field.number, toWireField(field)]));
  cache.set(desc, made);
  return made;
}

function toWireField(field: DescField): WireField {
  const own = wireTypeOf(field);
  const isPackable = field.fieldKind === "list" && own !== WireType.LengthDelimited;
  return {
    wireTypes: isPackable ? [own, WireType.LengthDelimited] : [own],
    ...(field.message !== undefined && field.fieldKind !== "map" && { message: field.message }),
  };
}

function wireTypeOf(field: DescField): WireType {
  if (field.enum !== undefined && field.fieldKind !== "map") return WireType.Varint;
  if (field.fieldKind === "map" || field.scalar === undefined) return WireType.LengthDelimited;
  return scalarWireType(field.scalar);
}

function scalarWireType(scalar: ScalarType): WireType {
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LengthDelimited;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return WireType.Bit64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return WireType.Bit32;
    default:
      return WireType.Varint;
  }
}

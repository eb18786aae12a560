import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";

/** How a field of a message is written. */
interface WireField {
  readonly wireType: WireType;
  /** A list of numbers may come in one piece too. */
  readonly isPackable: boolean;
  /** What is inside a message, or inside an entry of a map. */
  readonly inside?: () => WireFields;
}

type WireFields = ReadonlyMap<number, WireField>;

/** So many messages and groups may stand one inside the other: decoders agree on no more. */
export const MOST_LEVELS = 100;
/** Tags and lengths are numbers of 32 bits. */
const LONGEST_TAG = 5;
const LONGEST_VARINT = 10;
/** The last byte of the longest varint has only the 64th bit left to give. */
const MOST_IN_LAST_BYTE = 1;

const NONE: WireFields = new Map();
const cache = new WeakMap<DescMessage, WireFields>();

/**
 * Throws unless the bytes are what Protobuf's wire format allows, and each field that the message has comes in its own
 * wire type. Decoders pass over what they do not need, each over something else: field number 0, a varint of eleven bytes
 * in an unknown field, a list of numbers that goes on in the next field, a number that comes as bytes.
 */
export function assertWireFormat(desc: DescMessage, bytes: Uint8Array): void {
  new WireScanner(bytes).message(fieldsOf(desc), bytes.length, 0);
}

class WireScanner {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Goes to the end of a message or, where `group` is its number, of a group. */
  message(fields: WireFields, end: number, level: number, group?: number): void {
    if (level > MOST_LEVELS) throw new Error(`more than ${MOST_LEVELS} messages stand one inside the other`);
    while (this.#at < end) {
      const tag = this.#varint(end, LONGEST_TAG);
      const number = Math.floor(tag / 8);
      const wireType = tag % 8;
      if (number === 0 || tag >= 2 ** 32) throw new Error(`no field has the number ${number}`);
      if (wireType === WireType.EndGroup && number === group) return;
      const field = fields.get(number);
      if (field !== undefined && !isOwn(field, wireType))
        throw new Error(`field ${number} has wire type ${wireType}`);
      if (wireType === WireType.StartGroup) this.message(NONE, end, level + 1, number);
      else if (wireType === WireType.LengthDelimited) this.#delimited(field, end, level);
      else this.#number(wireType, end);
    }
    if (group !== undefined) throw new Error(`group ${group} has no end`);
  }

  #delimited(field: WireField | undefined, end: number, level: number): void {
    const length = this.#varint(end, LONGEST_TAG);
    const last = this.#at + length;
    if (last > end) throw new Error(`${length} bytes are said, ${end - this.#at} are there`);
    if (field?.inside !== undefined) this.message(field.inside(), last, level + 1);
    else if (field?.isPackable) while (this.#at < last) this.#number(field.wireType, last);
    this.#at = last;
  }

  #number(wireType: WireType, end: number): void {
    if (wireType === WireType.Varint) this.#varint(end, LONGEST_VARINT);
    else if (wireType === WireType.Bit32) this.#at += 4;
    else if (wireType === WireType.Bit64) this.#at += 8;
    else throw new Error(`wire type ${wireType} is none, or ends a group that has not begun`);
    if (this.#at > end) throw new Error("a number has no end");
  }

  /** The value is exact up to 53 bits. */
  #varint(end: number, longest: number): number {
    let value = 0;
    for (let count = 1; count <= longest; count += 1) {
      const byte = this.#at < end ? this.#bytes[this.#at] : undefined;
      if (byte === undefined) throw new Error("a number has no end");
      this.#at += 1;
      value += (byte & 0x7f) * 2 ** (7 * (count - 1));
      if (byte > 0x7f) continue;
      if (count === LONGEST_VARINT && byte > MOST_IN_LAST_BYTE)
        throw new Error("a number has more than 64 bits");
      return value;
    }
    throw new Error(`a number has more than ${longest} bytes`);
  }
}

function isOwn(field: WireField, wireType: WireType): boolean {
  return wireType === field.wireType || (field.isPackable && wireType === WireType.LengthDelimited);
}

function fieldsOf(desc: DescMessage): WireFields {
  const found = cache.get(desc);
  if (found) return found;
  const made = new Map(desc.fields.map((field) => [field.number, toWireField(field)]));
  cache.set(desc, made);
  return made;
}

function toWireField(field: DescField): WireField {
  if (field.fieldKind === "map") {
    const entry: WireFields = new Map([
      [1, { wireType: scalarWireType(field.mapKey), isPackable: false }],
      [2, ownOf(field)],
    ]);
    return { wireType: WireType.LengthDelimited, isPackable: false, inside: () => entry };
  }
  const own = ownOf(field);
  return { ...own, isPackable: field.fieldKind === "list" && own.wireType !== WireType.LengthDelimited };
}

function ownOf({ message, scalar }: DescField): WireField {
  if (message !== undefined)
    return { wireType: WireType.LengthDelimited, isPackable: false, inside: () => fieldsOf(message) };
  // What is neither a message nor a scalar is an enum.
  return { wireType: scalar === undefined ? WireType.Varint : scalarWireType(scalar), isPackable: false };
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

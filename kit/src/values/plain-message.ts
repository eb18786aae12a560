import {
  type DescField,
  type DescMessage,
  type DescOneof,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { type FieldMask, isWrapperDesc, type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";

/** A value of protobuf-es as ts-proto has it. */
type Convert = (value: unknown) => unknown;
type Fields = Record<string, unknown>;

/** Types of Google's that ts-proto has a type of JavaScript for. */
const JAVASCRIPT_TYPES: Readonly<Record<string, Convert>> = {
  "google.protobuf.Timestamp": (value) => timestampDate(value as Timestamp),
  "google.protobuf.FieldMask": (value) => (value as FieldMask).paths,
};

const converters = new Map<DescMessage, Convert>();

/**
 * A message that protobuf-es has decoded, as the object that ts-proto's decoder makes of the same bytes. So the bytes are
 * read once, and what was validated is what is handled, also where the two readers understand odd bytes differently (a
 * singular message that comes twice is merged by one, replaced by the other).
 */
export function toPlainMessage(desc: DescMessage, message: Message): unknown {
  return converterOf(desc)(message);
}

function converterOf(desc: DescMessage): Convert {
  const found = converters.get(desc);
  if (found) return found;
  const made = JAVASCRIPT_TYPES[desc.typeName] ?? messageConverter(desc);
  converters.set(desc, made);
  return made;
}

function messageConverter(desc: DescMessage): Convert {
  // Made when the first message comes: a type may hold itself.
  let members: readonly { readonly name: string; readonly convert: Convert | undefined }[] | undefined;
  return (source) => {
    members ??= desc.members.map((member) => ({
      name: member.localName,
      convert: member.kind === "oneof" ? oneofConverter(member) : fieldConverter(member),
    }));
    const target: Fields = {};
    for (const { name, convert } of members) {
      const value = (source as Fields)[name];
      target[name] = convert === undefined || value === undefined ? value : convert(value);
    }
    return target;
  };
}

function oneofConverter({ fields }: DescOneof): Convert {
  const converts = new Map(fields.map((field) => [field.localName, fieldConverter(field)]));
  return (value) => {
    const { case: $case, value: chosen } = value as { readonly case?: string; readonly value?: unknown };
    if ($case === undefined) return undefined;
    const convert = converts.get($case);
    return { $case, value: convert === undefined ? chosen : convert(chosen) };
  };
}

/** Undefined for a field whose values are the same in both. */
function fieldConverter(field: DescField): Convert | undefined {
  switch (field.fieldKind) {
    case "enum":
      return undefined;
    case "scalar":
      return scalarConverter(field.scalar);
    case "message":
      return isWrapperDesc(field.message)
        ? scalarConverter(field.message.fields[0].scalar)
        : converterOf(field.message);
    case "list":
      return listConverter(elementConverter(field));
    case "map":
      return mapConverter(elementConverter(field));
    default:
      return field satisfies never;
  }
}

function elementConverter(field: DescField & { readonly fieldKind: "list" | "map" }): Convert | undefined {
  if (field.message !== undefined) return converterOf(field.message);
  return field.scalar === undefined ? undefined : scalarConverter(field.scalar);
}

function scalarConverter(scalar: ScalarType): Convert | undefined {
  return scalar === ScalarType.BYTES ? (bytes) => Buffer.from(bytes as Uint8Array) : undefined;
}

function listConverter(convert: Convert | undefined): Convert | undefined {
  return convert && ((list) => (list as readonly unknown[]).map((each) => convert(each)));
}

function mapConverter(convert: Convert | undefined): Convert | undefined {
  if (convert === undefined) return undefined;
  return (map) =>
    Object.fromEntries(Object.entries(map as Fields).map(([key, value]) => [key, convert(value)]));
}

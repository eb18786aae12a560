import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";

/** Finds the files of a descriptor set, as their original bytes, by name or by what they define. */
export interface DescriptorIndex {
  /** A file and all that it imports, itself first; undefined for an unknown name. */
  byName(file: string): readonly Uint8Array[] | undefined;
  bySymbol(fullName: string): readonly Uint8Array[] | undefined;
  byExtension(extendee: string, number: number): readonly Uint8Array[] | undefined;
  /** Numbers of all extensions of a message, ascending; undefined for an unknown message. */
  extensionNumbers(extendee: string): readonly number[] | undefined;
}

/** Reads single files and sets of files. Bytes are kept as they are: decoding and encoding would lose unknown options. */
export function indexDescriptors(files: readonly Uint8Array[]): DescriptorIndex {
  const bytes = new Map<string, Uint8Array>();
  const imports = new Map<string, readonly string[]>();
  const symbols = new Map<string, string>();
  const extensions = new Map<string, Map<number, string>>();
  for (const raw of files) {
    const file = fromBinary(FileDescriptorProtoSchema, raw);
    bytes.set(file.name, raw);
    imports.set(file.name, file.dependency);
    for (const symbol of symbolsOf(file)) symbols.set(symbol, file.name);
    for (const { extendee, number } of extensionsOf(file)) {
      const type = extendee.replace(/^\./, "");
      extensions.set(type, (extensions.get(type) ?? new Map<number, string>()).set(number, file.name));
    }
  }
  return {
    byName,
    bySymbol: (fullName) => byName(symbols.get(fullName)),
    byExtension: (extendee, number) => byName(extensions.get(extendee)?.get(number)),
    extensionNumbers: (extendee) =>
      symbols.has(extendee) ? [...(extensions.get(extendee)?.keys() ?? [])].sort((a, b) => a - b) : undefined,
  };

  function byName(name: string | undefined): readonly Uint8Array[] | undefined {
    if (name === undefined || !bytes.has(name)) return undefined;
    const closure = new Set([name]);
    for (const member of closure) for (const imported of imports.get(member) ?? []) closure.add(imported);
    return [...closure].flatMap((member) => bytes.get(member) ?? []);
  }
}

/** The files of a serialised `google.protobuf.FileDescriptorSet`, uncopied and unchanged. */
export function filesOf(descriptorSet: Uint8Array): Uint8Array[] {
  const reader = new BinaryReader(descriptorSet);
  const files: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 1) files.push(reader.bytes());
    else reader.skip(type, number);
  }
  return files;
}

function symbolsOf(file: FileDescriptorProto): string[] {
  const scope = file.package === "" ? "" : `${file.package}.`;
  return [
    ...file.messageType.flatMap((message) => symbolsOfMessage(scope, message)),
    ...file.enumType.flatMap((type) => symbolsOfEnum(scope, type)),
    ...file.extension.map((extension) => scope + extension.name),
    ...file.service.flatMap((service) => [
      scope + service.name,
      ...service.method.map((method) => `${scope}${service.name}.${method.name}`),
    ]),
  ];
}

function symbolsOfMessage(scope: string, message: DescriptorProto): string[] {
  const inner = `${scope}${message.name}.`;
  return [
    scope + message.name,
    ...[...message.field, ...message.oneofDecl, ...message.extension].map((member) => inner + member.name),
    ...message.nestedType.flatMap((nested) => symbolsOfMessage(inner, nested)),
    ...message.enumType.flatMap((nested) => symbolsOfEnum(inner, nested)),
  ];
}

/** Values are named beside their enum, not below it. */
function symbolsOfEnum(scope: string, type: EnumDescriptorProto): string[] {
  return [scope + type.name, ...type.value.map((value) => scope + value.name)];
}

function extensionsOf(scope: FileDescriptorProto | DescriptorProto): FieldDescriptorProto[] {
  const nested =
    scope.$typeName === "google.protobuf.FileDescriptorProto" ? scope.messageType : scope.nestedType;
  return [...scope.extension, ...nested.flatMap(extensionsOf)];
}

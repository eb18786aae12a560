import {
  createFileRegistry,
  type DescField,
  type DescFile,
  type DescMethod,
  type DescService,
  type FileRegistry,
  fromBinary,
} from "@bufbuild/protobuf";
import { type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

/** A contract as its descriptors tell it. */
export interface Contract {
  readonly registry: FileRegistry;
  /** In the order of the set's files. */
  readonly services: readonly DescService[];
  /** All methods of all services, by path. */
  readonly methods: ReadonlyMap<string, DescMethod>;
}

/** A contract that cannot be used. Names every fault. */
export class ContractError extends Error {
  override readonly name = "ContractError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[], options?: ErrorOptions) {
    super(faults.join("\n"), options);
    this.faults = faults;
  }
}

/**
 * Reads a google.protobuf.FileDescriptorSet, serialised as a rule.
 * @throws ContractError when the bytes are none, or when the set lacks an import
 */
export function parseContract(descriptors: Uint8Array | FileDescriptorSet): Contract {
  try {
    const set =
      descriptors instanceof Uint8Array ? fromBinary(FileDescriptorSetSchema, descriptors) : descriptors;
    const registry = createFileRegistry(set);
    const services = set.file.flatMap((file) => registry.getFile(file.name)?.services ?? []);
    const methods = services.flatMap((service) => service.methods);
    return { registry, services, methods: new Map(methods.map((method) => [methodPath(method), method])) };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ContractError([`not a FileDescriptorSet with all its imports: ${problem}`], { cause });
  }
}

/** The path of a method on the wire, `/package.Service/Method`. */
export function methodPath(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** True when the caller sends a stream of messages. */
export function isClientStream({ methodKind }: DescMethod): boolean {
  return methodKind === "client_streaming" || methodKind === "bidi_streaming";
}

/** True when the answer is a stream of messages. */
export function isServerStream({ methodKind }: DescMethod): boolean {
  return methodKind === "server_streaming" || methodKind === "bidi_streaming";
}

/** True when one message goes out and one comes in. */
export function isUnary({ methodKind }: DescMethod): boolean {
  return methodKind === "unary";
}

/** True for a field whose value must never be shown or logged (`debug_redact`). */
export function isRedacted(field: DescField): boolean {
  return field.proto.options?.debugRedact === true;
}

/** True for a file that imports another, itself or through what it imports: options of the other can be on its elements. */
export function importsFile({ dependencies }: DescFile, other: DescFile): boolean {
  return dependencies.some((file) => file.name === other.name || importsFile(file, other));
}

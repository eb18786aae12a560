import {
  createFileRegistry,
  type DescExtension,
  type DescField,
  type DescMessage,
  type DescMethod,
  type FileRegistry,
  fromBinary,
  getOption,
} from "@bufbuild/protobuf";
import { durationMs, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { ErrorReason, ErrorReasonSchema } from "@theseus/contract/es/theseus/error/v1/error_reason_pb.js";
import { rule } from "@theseus/contract/es/theseus/error/v1/reason_rule_pb.js";
import { errors } from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { healthProtocol, reflectionProtocols } from "@theseus/kit";

/** The contract as the suite reads it: by descriptors alone. */
export interface Contract {
  readonly registry: FileRegistry;
  /** Methods by path, `/package.Service/Method`. */
  readonly methods: ReadonlyMap<string, DescMethod>;
}

/** What the contract says of a reason. */
export interface ReasonRule {
  readonly code: number;
  readonly common: boolean;
  /** How long to wait before the same call; undefined where that does not help. */
  readonly retryAfterMs: number | undefined;
}

/** The contract with gRPC's own protocols, which every implementation speaks too. */
export function loadContract(bytes: Uint8Array = descriptorSetBytes()): Contract {
  const set = fromBinary(FileDescriptorSetSchema, bytes);
  for (const { file } of [healthProtocol, ...reflectionProtocols])
    set.file.push(fromBinary(FileDescriptorProtoSchema, file));
  const registry = createFileRegistry(set);
  const methods = new Map<string, DescMethod>();
  for (const type of registry) {
    if (type.kind !== "service") continue;
    for (const method of type.methods) methods.set(`/${type.typeName}/${method.name}`, method);
  }
  return { registry, methods };
}

/** Full name of the service that a short name such as `orders` stands for, by its package `theseus.orders.v1`. */
export function serviceName(contract: Contract, service: string): string {
  for (const type of contract.registry) {
    if (type.kind === "service" && type.typeName.startsWith(`theseus.${service}.v1.`)) return type.typeName;
  }
  throw new Error(`the contract has no service "${service}"`);
}

export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** Names of the reasons that the method declares. */
export function declaredReasons(method: DescMethod): readonly string[] {
  return getOption(method, errors).map((reason) => ErrorReason[reason] ?? String(reason));
}

export function reasonRule(reason: string): ReasonRule | undefined {
  const value = ErrorReasonSchema.values.find(({ name }) => name === reason);
  if (value === undefined) return undefined;
  const { code, common, retryAfter } = getOption(value, rule);
  return { code, common, retryAfterMs: retryAfter && durationMs(retryAfter) };
}

export function isRedacted(field: DescField): boolean {
  return field.proto.options?.debugRedact === true;
}

/** An option of a message or field, or undefined where it is not set. */
export type { DescExtension, DescField, DescMessage, DescMethod };

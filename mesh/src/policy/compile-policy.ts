import {
  createFileRegistry,
  type DescMethod,
  type DescService,
  fromBinary,
  getOption,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { ErrorReason } from "@theseus/contract/es/theseus/error/v1/error_reason_pb.js";
import { Auth as ContractAuth, errors, policy } from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { ownerOf, shop, type Topology } from "../topology.js";
import { toMilliseconds } from "./duration.js";
import type { Auth, Idempotency, MeshPolicy, MethodPolicy } from "./mesh-policy.js";
import { PolicyError } from "./policy-error.js";
import { methodFaults, serviceFaults } from "./policy-faults.js";
import { compileReasons, reasonFaults } from "./reasons.js";

/**
 * Compiles the contract's options to a plain policy: every method of the topology's services, every error reason.
 * Throws `PolicyError` with all faults at once.
 */
export function compilePolicy(descriptorSet: Uint8Array, topology: Topology = shop): MeshPolicy {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
  const services = [...registry.files].flatMap((file) => file.services).sort(byName);
  const methods = services
    .filter(({ typeName }) => ownerOf(topology, typeName) !== undefined)
    .flatMap((service) => service.methods);
  const faults = [
    ...serviceFaults(services, topology),
    ...methods.flatMap((method) => methodFaults(method, topology)),
    ...reasonFaults(registry),
  ];
  if (faults.length > 0) throw new PolicyError(faults);
  return { methods: methods.map(compileMethod), reasons: compileReasons(registry) };
}

function compileMethod(method: DescMethod): MethodPolicy {
  const { timeout, allow, rate, maxRequestBytes } = getOption(method, policy);
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    service: method.parent.typeName,
    method: method.name,
    clientStreaming: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
    serverStreaming: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
    timeoutMs: toMilliseconds(timeout),
    idempotency: toIdempotency(method.idempotency),
    allow: allow.map(({ caller, auth }) => ({ caller, auth: toAuth(auth) })),
    ...(rate && { rate: { requestsPerSecond: rate.requestsPerSecond, burst: rate.burst } }),
    maxRequestBytes,
    errors: getOption(method, errors).map((reason) => ErrorReason[reason]),
  };
}

function toIdempotency(level: MethodOptions_IdempotencyLevel): Idempotency {
  switch (level) {
    case MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS:
      return "no-side-effects";
    case MethodOptions_IdempotencyLevel.IDEMPOTENT:
      return "idempotent";
    case MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN:
      return "unset";
    default:
      return level satisfies never;
  }
}

function toAuth(auth: ContractAuth): Auth {
  switch (auth) {
    case ContractAuth.PUBLIC:
      return "PUBLIC";
    case ContractAuth.USER:
      return "USER";
    case ContractAuth.ADMIN:
      return "ADMIN";
    case ContractAuth.NONE:
      return "NONE";
    case ContractAuth.UNSPECIFIED:
      throw new Error("an unspecified auth is a fault that must have been named before");
    default:
      return auth satisfies never;
  }
}

function byName(a: DescService, b: DescService): number {
  return a.typeName < b.typeName ? -1 : 1;
}

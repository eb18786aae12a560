import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import {
  ContractError,
  isClientStream,
  isServerStream,
  methodPath,
  parseContract,
  policyFaults,
  policyOf,
} from "@theseus/kit/contract";
import { ownerOf, type Topology } from "../topology.js";
import type { Idempotency, MeshPolicy, MethodPolicy } from "./mesh-policy.js";
import { compileReasons, reasonFaults } from "./reasons.js";
import { callerFaults, serviceFaults } from "./topology-faults.js";

/**
 * Compiles the contract's options to a plain policy: every method of the topology's services, every error reason.
 *
 * @throws ContractError with all faults at once
 */
export function compilePolicy(descriptorSet: Uint8Array, topology: Topology): MeshPolicy {
  const contract = parseContract(descriptorSet);
  const services = [...contract.services].sort(byName);
  const methods = services
    .filter(({ typeName }) => ownerOf(topology, typeName) !== undefined)
    .flatMap((service) => service.methods);
  const faults = [
    ...serviceFaults(services, topology),
    ...methods.flatMap((method) => [...policyFaults(method), ...callerFaults(method, topology)]),
    ...reasonFaults(contract),
  ];
  if (faults.length > 0) throw new ContractError(faults);
  return { methods: methods.map(compileMethod), reasons: compileReasons(contract) };
}

function compileMethod(method: DescMethod): MethodPolicy {
  const { timeoutMs, allow, rate, maxRequestBytes } = policyOf(method);
  return {
    path: methodPath(method),
    service: method.parent.typeName,
    clientStreaming: isClientStream(method),
    serverStreaming: isServerStream(method),
    timeoutMs,
    idempotency: toIdempotency(method.idempotency),
    allow,
    ...(rate && { rate }),
    maxRequestBytes,
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

function byName(a: DescService, b: DescService): number {
  return a.typeName < b.typeName ? -1 : 1;
}

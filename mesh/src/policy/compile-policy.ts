import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import type { PolicyOverlay, PolicyRule } from "@theseus/contract/es/theseus/mesh/v1/policy_overlay_pb.js";
import {
  ContractError,
  isClientStream,
  isServerStream,
  methodPath,
  parseContract,
  policyFaults,
  usesPolicies,
} from "@theseus/kit/contract";
import { ownerOf, type Topology } from "../topology.js";
import { httpBindings, httpFaults } from "./http-bindings.js";
import { callersOfMethod, contractLimits, limitsInForce } from "./limits.js";
import type { Idempotency, MeshPolicy, MethodPolicy } from "./mesh-policy.js";
import { OverlayError } from "./overlay-error.js";
import { overlayFaults } from "./overlay-faults.js";
import { compileReasons, reasonFaults } from "./reasons.js";
import { callerFaults, serviceFaults } from "./topology-faults.js";

/**
 * Compiles the contract's options to a plain policy: every method of the topology's services, every error reason. An
 * overlay tightens it, and is the whole policy of methods whose contract has none.
 *
 * @throws ContractError with all faults at once; where there is an overlay, an OverlayError with those of both
 */
export function compilePolicy(
  descriptorSet: Uint8Array,
  topology: Topology,
  overlay?: PolicyOverlay,
): MeshPolicy {
  const contract = parseContract(descriptorSet);
  const services = [...contract.services].sort(byName);
  const methods = services
    .filter(({ typeName }) => ownerOf(topology, typeName) !== undefined)
    .flatMap((service) => service.methods);
  const rules = overlay?.rules ?? [];
  const contractFaults = [
    ...serviceFaults(services, topology),
    ...methods
      .filter((method) => usesPolicies(method) || overlay === undefined)
      .flatMap((method) => [...policyFaults(method), ...callerFaults(method, topology)]),
    ...methods.flatMap(httpFaults),
    ...reasonFaults(contract),
  ];
  const ruleFaults = overlay === undefined ? [] : overlayFaults(rules, methods, topology);
  if (contractFaults.length + ruleFaults.length > 0) {
    throw overlay === undefined
      ? new ContractError(contractFaults)
      : new OverlayError(contractFaults, ruleFaults);
  }
  return {
    methods: methods.map((method) => compileMethod(method, rules)),
    reasons: compileReasons(contract),
  };
}

/** A method of a contract and of rules without faults: what must be said is said. */
function compileMethod(method: DescMethod, rules: readonly PolicyRule[]): MethodPolicy {
  const { timeoutMs = 0, allow = [], rate, maxRequestBytes = 0 } = limitsInForce(method, rules);
  return {
    path: methodPath(method),
    service: method.parent.typeName,
    clientStreaming: isClientStream(method),
    serverStreaming: isServerStream(method),
    http: httpBindings(method),
    timeoutMs,
    idempotency: toIdempotency(method.idempotency),
    callers: callersOfMethod(method, rules),
    allow,
    ...(rate && { rate }),
    maxRequestBytes,
    isSizeOfOverlay: maxRequestBytes !== contractLimits(method).maxRequestBytes,
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

import type { DescMethod } from "@bufbuild/protobuf";
import { Auth, isClientStream, type Rate, showWay, type Way } from "@theseus/kit/contract";
import { contractLimits, fullName, type Limits } from "./limits.js";

/** A field of `theseus.mesh.v1.Policy`, and what is wrong with it. */
export type FieldFault = readonly [field: "timeout" | "allow" | "rate" | "max_request_bytes", fault: string];

/** Where a rule would let through what the contract of a method does not; each fault goes on from the rule's selector. */
export function looserThanContract(method: DescMethod, rule: Limits): readonly FieldFault[] {
  const contract = contractLimits(method);
  const name = fullName(method);
  return [
    ...looserTimeout(name, rule.timeoutMs, contract.timeoutMs),
    ...(rule.allow ?? []).flatMap((way) => looserWay(name, way, contract.allow)),
    ...looserRate(name, rule.rate, contract.rate),
    ...looserSize(method, rule.maxRequestBytes, contract.maxRequestBytes),
  ];
}

function looserTimeout(name: string, timeoutMs = 0, contractMs = timeoutMs): readonly FieldFault[] {
  if (timeoutMs <= contractMs) return [];
  return [
    ["timeout", `gives ${name} a timeout of ${seconds(timeoutMs)}, the contract ${seconds(contractMs)}`],
  ];
}

function looserWay(name: string, way: Way, contract: readonly Way[] = [way]): readonly FieldFault[] {
  if (contract.some((other) => isWithin(way, other))) return [];
  const others = contract.map(showWay).join(", ");
  return [["allow", `lets ${showWay(way)} call ${name}, the contract ${others}`]];
}

function looserRate(name: string, rate?: Rate, contract = rate): readonly FieldFault[] {
  if (rate === undefined || contract === undefined) return [];
  if (rate.requestsPerSecond <= contract.requestsPerSecond && rate.burst <= contract.burst) return [];
  return [["rate", `gives ${name} a rate of ${showRate(rate)}, the contract ${showRate(contract)}`]];
}

function looserSize(method: DescMethod, bytes = 0, contract = bytes): readonly FieldFault[] {
  const given = `gives ${fullName(method)} max_request_bytes of ${bytes}, the contract ${contract}`;
  if (bytes > contract) return [["max_request_bytes", given]];
  // A sidecar sees a stream's bytes, not its messages.
  if (bytes < contract && bytes > 0 && isClientStream(method)) {
    return [["max_request_bytes", `${given}: messages of a stream are measured by the contract alone`]];
  }
  return [];
}

/** Proofs of an end user, each more than the one before. A call without an end user is another thing. */
const proofs: readonly Auth[] = [Auth.PUBLIC, Auth.USER, Auth.ADMIN];

/** True when whoever comes in by one way could come in by the other. */
function isWithin(way: Way, other: Way): boolean {
  if (way.caller !== other.caller) return false;
  return (
    way.auth === other.auth ||
    (proofs.includes(other.auth) && proofs.indexOf(way.auth) > proofs.indexOf(other.auth))
  );
}

function seconds(ms: number): string {
  return `${ms / 1000}s`;
}

function showRate({ requestsPerSecond, burst }: Rate): string {
  return `${requestsPerSecond}/s with a burst of ${burst}`;
}

import { type DescMethod, type DescService, getOption, hasOption } from "@bufbuild/protobuf";
import { ErrorReason } from "@theseus/contract/es/theseus/error/v1/error_reason_pb.js";
import { Auth, errors, type Policy, policy } from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { ownerOf, type Topology } from "../topology.js";
import { toMilliseconds } from "./duration.js";

/** Services that only the contract or only the topology knows. */
export function serviceFaults(services: readonly DescService[], topology: Topology): readonly string[] {
  const names = services.map(({ typeName }) => typeName);
  const served = [...topology.workloads, ...topology.externals].flatMap((party) => party.services);
  return [
    ...served
      .filter((name) => !names.includes(name))
      .map((name) => `${name}: in the topology, not in the contract`),
    ...names
      .filter((name) => ownerOf(topology, name) === undefined)
      .map((name) => `${name}: nobody serves it`),
  ];
}

/** What is wrong with the options of one method. */
export function methodFaults(method: DescMethod, topology: Topology): readonly string[] {
  const name = `${method.parent.typeName}.${method.name}`;
  const faults = hasOption(method, policy)
    ? [...limitFaults(getOption(method, policy)), ...allowFaults(getOption(method, policy), topology)]
    : ["has no policy"];
  return [...faults, ...errorFaults(method)].map((fault) => `${name}: ${fault}`);
}

function limitFaults({ timeout, rate, maxRequestBytes }: Policy): readonly string[] {
  return found([
    [toMilliseconds(timeout) <= 0, "has no timeout"],
    [maxRequestBytes === 0, "has no max_request_bytes"],
    [rate !== undefined && rate.requestsPerSecond === 0, "rate lets no call through"],
    [rate !== undefined && rate.burst < rate.requestsPerSecond, "rate's burst is below requests_per_second"],
  ]);
}

function allowFaults({ allow }: Policy, topology: Topology): readonly string[] {
  const ways = allow.map(({ caller, auth }) => `${caller} ${Auth[auth]}`);
  const isKnown = (caller: string) => topology.workloads.some((workload) => workload.name === caller);
  return [
    ...found([[allow.length === 0, "allows no caller"]]),
    ...allow.flatMap(({ caller, auth }, index) =>
      found([
        [!isKnown(caller), `allows the unknown workload "${caller}"`],
        [auth === Auth.UNSPECIFIED, `does not say what a call of "${caller}" must prove`],
        [Auth[auth] === undefined, `asks "${caller}" for the unknown proof ${auth}`],
        [ways.indexOf(ways[index] ?? "") !== index, `allows "${ways[index]}" twice`],
      ]),
    ),
  ];
}

function errorFaults(method: DescMethod): readonly string[] {
  const reasons = getOption(method, errors);
  return reasons.flatMap((reason, index) =>
    found([
      [reason === ErrorReason.ERROR_REASON_UNSPECIFIED, "declares an unspecified error"],
      [ErrorReason[reason] === undefined, `declares the unknown error ${reason}`],
      [reasons.indexOf(reason) !== index, `declares ${ErrorReason[reason]} twice`],
    ]),
  );
}

function found(checks: readonly (readonly [boolean, string])[]): readonly string[] {
  return checks.filter(([isFault]) => isFault).map(([, fault]) => fault);
}

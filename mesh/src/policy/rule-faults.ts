import type { DescMethod } from "@bufbuild/protobuf";
import type { PolicyRule } from "@theseus/contract/es/theseus/mesh/v1/policy_overlay_pb.js";
import { nearestWord } from "@theseus/kit";
import { policyFaults, rateFaults, wayFaults } from "@theseus/kit/contract";
import type { Topology } from "../topology.js";
import { type Limits, ruleLimits } from "./limits.js";
import { type FieldFault, looserThanContract } from "./looser.js";
import type { OverlayFault, OverlayPath } from "./overlay-error.js";

/** What is wrong with a rule for the methods that it selects, whatever other rules say. */
export function ruleFaults(
  rule: PolicyRule,
  at: OverlayPath,
  selected: readonly DescMethod[],
  topology: Topology,
): readonly OverlayFault[] {
  const workloads = topology.workloads.map(({ name }) => name);
  const limits = ruleLimits(rule);
  // A way that is faulty itself is told of once, not for each method.
  const comparable = withSoundWays(limits, workloads);
  const found = [
    ...valueFaults(limits, workloads),
    // A contract that is faulty itself has nothing to compare with.
    ...selected
      .filter((method) => policyFaults(method).length === 0)
      .flatMap((method) => looserThanContract(method, comparable)),
  ];
  const both = `"${rule.selector}" has a policy for methods that it forbids`;
  return [
    ...found.map(([field, fault]) => ({
      path: [...at, "policy", field],
      fault: `"${rule.selector}" ${fault}`,
      isWhole: false,
    })),
    ...(rule.forbid && rule.policy ? [{ path: [...at, "forbid"], fault: both, isWhole: false }] : []),
  ];
}

function valueFaults(
  { timeoutMs = 1, allow = [], rate }: Limits,
  workloads: readonly string[],
): readonly FieldFault[] {
  const callers = [...new Set(allow.map(({ caller }) => caller))];
  const strangers = callers.filter((caller) => !workloads.includes(caller));
  return [
    ...(timeoutMs > 0 ? [] : [["timeout", "gives no time: a timeout is above 0"] as const]),
    ...strangers.map((caller) => ["allow", strangerFault(caller, workloads)] as const),
    ...wayFaults(allow).map((fault) => ["allow", fault] as const),
    ...(rate ? rateFaults(rate) : []).map((fault) => ["rate", `is faulty: ${fault}`] as const),
  ];
}

function strangerFault(caller: string, workloads: readonly string[]): string {
  if (caller === "") return "allows a caller without a name";
  const near = nearestWord(caller, workloads);
  return `allows the unknown workload "${caller}"${near === undefined ? "" : `; did you mean "${near}"?`}`;
}

function withSoundWays({ allow, ...limits }: Limits, workloads: readonly string[]): Limits {
  const sound = allow?.filter((way) => workloads.includes(way.caller) && wayFaults([way]).length === 0);
  return { ...limits, ...(sound && { allow: sound }) };
}

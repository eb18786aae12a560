import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import type { PolicyOverlay, PolicyRule } from "@theseus/contract/es/theseus/mesh/v1/policy_overlay_pb.js";
import {
  methodPath,
  optionOf,
  type PolicyField,
  parseContract,
  type Rate,
  showWay,
} from "@theseus/kit/contract";
import { ownerOf, type Topology } from "../topology.js";
import { fullName, type Limits, limitsInForce, ruleLimits } from "./limits.js";
import { bySpecificity, selects } from "./selector.js";

/** One thing that sidecars keep for a method. */
export interface ExplainedValue {
  readonly what: string;
  readonly value: string;
  /** What says so: an option of the contract with its file, or a rule of the deployment by its place and selector. */
  readonly from: string;
}

export interface ExplainedMethod {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly values: readonly ExplainedValue[];
}

/** Where each value comes from that sidecars keep for the methods of a workload, in the order of the contract. */
export function explainPolicy(
  descriptorSet: Uint8Array,
  topology: Topology,
  workload: string,
  overlay?: PolicyOverlay,
): readonly ExplainedMethod[] {
  const services = parseContract(descriptorSet).services.filter(
    ({ typeName }) => ownerOf(topology, typeName) === workload,
  );
  return services
    .flatMap((service) => service.methods)
    .map((method) => ({ path: methodPath(method), values: explainMethod(method, overlay?.rules ?? []) }));
}

/** What of a policy each field is in plain data. */
const FIELDS = {
  timeout: "timeoutMs",
  allow: "allow",
  rate: "rate",
  max_request_bytes: "maxRequestBytes",
} as const satisfies Record<PolicyField, keyof Limits>;

function explainMethod(method: DescMethod, rules: readonly PolicyRule[]): readonly ExplainedValue[] {
  const { timeoutMs = 0, allow = [], rate, maxRequestBytes = 0 } = limitsInForce(method, rules);
  const from = (field: PolicyField) => sourceOf(method, field, rules);
  return [
    { what: "longest", value: `${timeoutMs / 1000} s`, from: from("timeout") },
    { what: "callers", value: allow.map(showWay).join(", ") || "nobody", from: from("allow") },
    { what: "rate", value: showRate(rate), from: from("rate") },
    { what: "largest request", value: `${maxRequestBytes} bytes`, from: from("max_request_bytes") },
    {
      what: "repeated",
      value: repeats(method.idempotency),
      from: `option idempotency_level ${inFile(method)}`,
    },
  ];
}

/** The rule that says most of the method's name and has the field; else the contract. */
function sourceOf(method: DescMethod, field: PolicyField, rules: readonly PolicyRule[]): string {
  const rule = rules
    .map((each, index) => ({ ...each, index }))
    .filter((each) => selects(each.selector, fullName(method)) && FIELDS[field] in ruleLimits(each))
    .sort((a, b) => bySpecificity(a.selector, b.selector))
    .at(-1);
  if (rule !== undefined) return `rules[${rule.index}] of the deployment, for ${rule.selector}`;
  const option = optionOf(method, field);
  if (option === undefined) return "nothing says it";
  const whose = option === "policy" ? inFile(method) : `of the service, ${inFile(method)}`;
  return `option (theseus.mesh.v1.${option}).${field} ${whose}`;
}

function inFile({ parent }: DescMethod): string {
  return `in proto/${parent.file.name}.proto`;
}

function showRate(rate: Rate | undefined): string {
  return rate === undefined ? "any" : `${rate.requestsPerSecond} calls a second, ${rate.burst} at once`;
}

function repeats(level: Level): string {
  return level === Level.IDEMPOTENCY_UNKNOWN
    ? "when it never arrived"
    : "when it never arrived, or has no answer";
}

import type { DescMethod } from "@bufbuild/protobuf";
import type { PolicyRule } from "@theseus/contract/es/theseus/mesh/v1/policy_overlay_pb.js";
import { nearestWord } from "@theseus/kit";
import { showWay, usesPolicies } from "@theseus/kit/contract";
import type { Topology } from "../topology.js";
import { fullName, type Limits, limitsInForce } from "./limits.js";
import type { OverlayFault, OverlayPath } from "./overlay-error.js";
import { ruleFaults } from "./rule-faults.js";
import { selectorsOf, selects } from "./selector.js";

/** Everything that is wrong with the rules of an overlay over the contract of these methods. */
export function overlayFaults(
  rules: readonly PolicyRule[],
  methods: readonly DescMethod[],
  topology: Topology,
): readonly OverlayFault[] {
  return [
    ...rules.flatMap((rule, index) => {
      const at: OverlayPath = ["rules", index];
      const selected = methods.filter((method) => selects(rule.selector, fullName(method)));
      const faults = [...selectorFaults(rules, index, methods), ...ruleFaults(rule, at, selected, topology)];
      if (faults.length > 0 || !changesNothing(rules, rule, selected)) return faults;
      return [{ path: at, fault: `"${rule.selector}" changes nothing`, isWhole: true }];
    }),
    ...methods.flatMap((method) => silenceFaults(method, rules)),
  ];
}

function selectorFaults(
  rules: readonly PolicyRule[],
  index: number,
  methods: readonly DescMethod[],
): readonly OverlayFault[] {
  const selectors = rules.map(({ selector }) => selector);
  const selector = selectors[index] ?? "";
  const report = (fault: string) => [{ path: ["rules", index, "selector"], fault, isWhole: false }];
  if (selector === "") return report("a rule has no selector");
  if (selectors.indexOf(selector) !== index) return report(`"${selector}" is the selector of two rules`);
  const names = methods.map(fullName);
  if (names.some((name) => selects(selector, name))) return [];
  const near = nearestWord(selector, selectorsOf(names));
  return report(`"${selector}" selects nothing${near === undefined ? "" : `; did you mean "${near}"?`}`);
}

/** True when everything holds without the rule that holds with it. */
function changesNothing(
  rules: readonly PolicyRule[],
  rule: PolicyRule,
  selected: readonly DescMethod[],
): boolean {
  const others = rules.filter((other) => other !== rule);
  return selected.every(
    (method) => inShort(limitsInForce(method, rules)) === inShort(limitsInForce(method, others)),
  );
}

/** The same text for what comes to the same. */
function inShort({ timeoutMs, allow, rate, maxRequestBytes }: Limits): string {
  if (allow?.length === 0) return "nobody";
  const ways = allow?.map(showWay).sort();
  return JSON.stringify([timeoutMs, ways, rate?.requestsPerSecond, rate?.burst, maxRequestBytes]);
}

/** What a contract without policies leaves to the overlay, and no rule says. */
function silenceFaults(method: DescMethod, rules: readonly PolicyRule[]): readonly OverlayFault[] {
  if (usesPolicies(method)) return [];
  const { timeoutMs, allow, maxRequestBytes } = limitsInForce(method, rules);
  const missing = [
    ...(timeoutMs === undefined ? ["timeout"] : []),
    ...(allow === undefined ? ["allow"] : []),
    ...(maxRequestBytes === undefined ? ["max_request_bytes"] : []),
  ];
  if (missing.length === 0) return [];
  const fault = `${fullName(method)} has no ${missing.join(", ")}: neither its contract nor a rule says it`;
  return [{ path: ["rules"], fault, isWhole: true }];
}

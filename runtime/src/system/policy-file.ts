import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import {
  PolicyOverlaySchema,
  type PolicyRule,
  PolicyRuleSchema,
} from "@theseus/contract/es/theseus/mesh/v1/policy_overlay_pb.js";
import {
  compilePolicy,
  type ExplainedMethod,
  explainPolicy,
  type MeshPolicy,
  OverlayError,
  type OverlayFault,
} from "@theseus/mesh/policy";
import { z } from "zod";
import { toFault, UsageFault } from "../fault.js";
import { Faults, messageSchema, record, YamlFile } from "../schema/index.js";
import type { System } from "./system.js";

const overlaySchema = record({ rules: z.array(z.unknown()) });
const ruleSchema = messageSchema(PolicyRuleSchema);

/**
 * The policy of a system's sidecars: its contract's, tightened by the overlay in a file, if there is one.
 *
 * @throws UsageFault with everything that is wrong with the file, each fault with its line
 */
export function readPolicy({ contract, topology }: System, path: string | undefined): MeshPolicy {
  try {
    return path === undefined
      ? compilePolicy(contract, topology)
      : compileWithFile({ contract, topology }, path);
  } catch (error) {
    throw toFault(error, `The ${topology.name} cannot be opened`);
  }
}

/**
 * Where each value comes from that sidecars keep for the methods of a workload, method by method.
 *
 * @throws UsageFault as `readPolicy` does
 */
export function explainPolicyFile(
  system: System,
  workload: string,
  path: string | undefined,
): readonly ExplainedMethod[] {
  readPolicy(system, path);
  const rules = path === undefined ? [] : readRules(openFile(path, new Faults())).map(({ rule }) => rule);
  const { contract, topology } = system;
  return explainPolicy(contract, topology, workload, create(PolicyOverlaySchema, { rules }));
}

function compileWithFile(
  { contract, topology }: Pick<System, "contract" | "topology">,
  path: string,
): MeshPolicy {
  const faults = new Faults();
  const file = openFile(path, faults);
  const read = readRules(file);
  const isComplete = faults.list().length === 0;
  try {
    const rules = read.map(({ rule }) => rule);
    const policy = compilePolicy(contract, topology, create(PolicyOverlaySchema, { rules }));
    if (isComplete) return policy;
  } catch (error) {
    if (!(error instanceof OverlayError)) throw error;
    for (const fault of error.contractFaults) faults.add("the contract", fault);
    // What could not be read may be what heals the whole.
    for (const fault of error.overlayFaults) if (isComplete || !fault.isWhole) reportFault(file, read, fault);
  }
  throw new UsageFault(
    `The policy in ${path} cannot be used:\n  ${faults.list().join("\n  ")}`,
    "A deployment makes what the contract says tighter, never looser: see mesh/README.md.",
  );
}

function reportFault(file: YamlFile, read: readonly ReadRule[], { path, fault }: OverlayFault): void {
  const [, index, ...rest] = path;
  const rule = read[Number(index)];
  file.report(rule === undefined ? ["rules"] : ["rules", rule.at, ...rest], fault);
}

function openFile(path: string, faults: Faults): YamlFile {
  try {
    return new YamlFile(path, path, faults);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const remedy = "--policy names a file in YAML or JSON.";
    throw new UsageFault(`The policy in ${path} cannot be read: ${why}.`, remedy, { cause: error });
  }
}

interface ReadRule {
  /** Its place among the rules of the file. */
  readonly at: number;
  readonly rule: PolicyRule;
}

/** The rules, each without what is not as it must be, which is reported; a rule without a selector is left out. */
function readRules(file: YamlFile): readonly ReadRule[] {
  const { rules = [] } = file.read(overlaySchema) ?? {};
  return rules.flatMap((value, at) => {
    const sound = file.check(ruleSchema, value, ["rules", at]) ?? soundPart(value);
    return sound === undefined ? [] : [{ at, rule: fromJson(PolicyRuleSchema, sound as JsonValue) }];
  });
}

/** A rule without its faulty keys, and a policy without its faulty fields. */
function soundPart(value: unknown): unknown {
  const sound: unknown = structuredClone(value);
  for (const issue of ruleSchema.safeParse(value).error?.issues ?? []) {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [undefined];
    for (const key of keys) remove(sound, key === undefined ? issue.path : [...issue.path, key]);
  }
  return isMap(sound) && "selector" in sound ? ruleSchema.parse(sound) : undefined;
}

function remove(rule: unknown, [key, field]: readonly PropertyKey[]): void {
  const isField = key === "policy" && field !== undefined;
  const from = isField ? (rule as { policy: unknown }).policy : rule;
  if (isMap(from)) delete from[String(isField ? field : key)];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

import type { DescMethod } from "@bufbuild/protobuf";
import { Auth, type Contract, findPolicy, methodPath, policyOf } from "@theseus/kit/contract";
import type { StepOf } from "../cases/steps.js";
import type { Value } from "../cases/value.js";
import { toRefusal } from "../contract/answer.js";
import { type CaseRun, StepFailure } from "./case-run.js";

type Verdict = "let in" | "TOKEN_MISSING" | "CALLER_DENIED";

/** Callers of each kind but workloads. */
export const PEOPLE = ["nobody", "user alice", "admin root", "developer", "developer root"];

/** Calls every method as everybody with an empty request: who is let in, and why others are not, must be as the policy says. */
export async function performAccess(_step: StepOf<"access">, run: CaseRun): Promise<void> {
  const faults: string[] = [];
  const got: Record<string, Value> = {};
  const everybody = [...PEOPLE, ...workloads(run.context.contract).map((name) => `workload ${name}`)];
  for (const method of run.context.contract.methods.values()) {
    if (method.parent.typeName !== run.context.service) continue;
    for (const who of everybody) {
      const wanted = verdictOf(method, who);
      // Who is let in gets a stream without an end; other cases show that.
      if (wanted === "let in" && method.methodKind === "server_streaming") continue;
      const found = await call(run, method, who);
      if (found === wanted) continue;
      faults.push(`${method.name} as ${who}: ${found}, not ${wanted}`);
      got[`${method.name} as ${who}`] = found;
    }
  }
  if (faults.length > 0) throw new StepFailure("access", undefined, "the contract's policy", got, faults);
}

/** All workloads that the contract names as callers, and one that it does not know. */
function workloads({ methods }: Contract): readonly string[] {
  const named = [...methods.values()].flatMap((method) => findPolicy(method)?.allow ?? []);
  return [...new Set(named.map(({ caller }) => caller)), "stranger"];
}

/** What the method's policy says of somebody. */
function verdictOf(method: DescMethod, who: string): Verdict {
  const [kind = "", name] = who.split(" ");
  const workload = kind === "workload" ? name : kind === "developer" ? undefined : "gateway";
  const isAdmin = kind === "admin" || who === "developer root";
  const hasToken = isAdmin || kind === "user";
  const ways = policyOf(method).allow.filter(({ caller }) => workload === undefined || caller === workload);
  const isOpen = ways.some(({ auth }) => {
    if (auth === Auth.USER) return hasToken;
    return auth === Auth.ADMIN ? isAdmin : auth === Auth.PUBLIC || auth === Auth.NONE;
  });
  if (isOpen) return "let in";
  return ways.length > 0 && !hasToken ? "TOKEN_MISSING" : "CALLER_DENIED";
}

async function call(run: CaseRun, method: DescMethod, who: string): Promise<string> {
  const result = await run.connection.unary(methodPath(method), Buffer.alloc(0), run.request({ as: who }));
  if (Buffer.isBuffer(result)) return "let in";
  const { reason = "no reason" } = toRefusal(result);
  return reason === "VALIDATION_FAILED" ? "let in" : reason;
}

import { METHODS } from "node:http";
import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { http } from "@theseus/contract/es/google/api/annotations_pb.js";
import type { HttpRule } from "@theseus/contract/es/google/api/http_pb.js";
import { HttpRuleError } from "./http-rule-error.js";

/** What the requests look like that a rule is for. */
export interface HttpPattern {
  /** In capitals; `*` for any. */
  readonly httpMethod: string;
  /** As the contract writes it. */
  readonly path: string;
}

/** A method's rules of google.api.http: its own, then its additional bindings; none where it has no option. */
export function httpRulesOf(method: DescMethod): readonly HttpRule[] {
  if (!hasOption(method, http)) return [];
  const main = getOption(method, http);
  return [{ ...main, additionalBindings: [] }, ...main.additionalBindings];
}

/** @throws HttpRuleError when the rule has no pattern, or one of a method that HTTP does not have */
export function httpPatternOf({ pattern }: HttpRule): HttpPattern {
  switch (pattern.case) {
    case undefined:
      throw new HttpRuleError("the rule has no pattern");
    case "custom": {
      const { kind, path } = pattern.value;
      const httpMethod = kind.toUpperCase();
      if (kind !== "*" && !METHODS.includes(httpMethod))
        throw new HttpRuleError(`${kind || "nothing"} is no HTTP method`);
      return { httpMethod, path };
    }
    default:
      return { httpMethod: pattern.case.toUpperCase(), path: pattern.value };
  }
}

import type { DescMethod } from "@bufbuild/protobuf";
import {
  HttpRuleError,
  httpPatternOf,
  httpRulesOf,
  methodPath,
  parsePathTemplate,
} from "@theseus/kit/contract";
import type { HttpBinding } from "./mesh-policy.js";

/** @throws HttpRuleError for a rule that `httpFaults` names */
export function httpBindings(method: DescMethod): readonly HttpBinding[] {
  return httpRulesOf(method).map((rule) => {
    const { httpMethod, path } = httpPatternOf(rule);
    const { segments, verb } = parsePathTemplate(path);
    return { httpMethod, segments, ...(verb !== undefined && { verb }) };
  });
}

/** Why the rules of a method cannot be read. */
export function httpFaults(method: DescMethod): readonly string[] {
  try {
    httpBindings(method);
    return [];
  } catch (error) {
    if (!(error instanceof HttpRuleError)) throw error;
    return [`${methodPath(method)}: ${error.message}`];
  }
}

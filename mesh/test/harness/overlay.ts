import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type PolicyOverlay,
  PolicyOverlaySchema,
  PolicyRuleSchema,
} from "@theseus/contract/es/theseus/mesh/v1/policy_overlay_pb.js";

/** The rules of an overlay, by their selectors. */
export function overlay(
  rules: Readonly<Record<string, Pick<MessageInitShape<typeof PolicyRuleSchema>, "policy" | "forbid">>>,
): PolicyOverlay {
  return create(PolicyOverlaySchema, {
    rules: Object.entries(rules).map(([selector, rule]) => create(PolicyRuleSchema, { ...rule, selector })),
  });
}

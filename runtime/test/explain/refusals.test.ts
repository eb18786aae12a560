import { expect } from "chai";
import { type Case, causeIn, GET, got, headOf, policy } from "./told.js";
import { refusal } from "./written-logs.js";

const GOOD_TOKEN = "  theseus token --header prints one that is good";
const tooLarge = `  option (theseus.mesh.v1.service_policy).max_request_bytes of InventoryService in proto/theseus/inventory/v1/inventory_service.proto`;

/** What the application at the edge has refused without asking anybody. */
function atEdge(edge: object, answer: object) {
  const logs = got({ ...edge }, undefined, undefined, undefined);
  logs.call("edge-1", 1, { method: "GET", rpc: GET, ms: 1, ...answer });
  return logs;
}

describe("the explanation of a request that was refused", () => {
  const causes: readonly Case[] = [
    [
      "a refusal of the application",
      () => {
        const no = refusal("NOT_FOUND", "ITEM_NOT_FOUND", { item: "items/rope" });
        return got({ status: 404 }, no, no, { code: "NOT_FOUND", reason: "ITEM_NOT_FOUND" });
      },
      "stock-1 answered ITEM_NOT_FOUND to InventoryService.GetItem: item items/rope.",
      "  docs/errors.md says what ITEM_NOT_FOUND means",
    ],
    [
      "a token that is not valid",
      () => {
        const no = { grpc_status: "UNAUTHENTICATED" };
        return got(
          { status: 401 },
          no,
          { ...no, details: "jwt_authn_access_denied{Jwt_is_expired}" },
          undefined,
        );
      },
      "the access token is not valid at stock-1: Jwt is expired.",
    ],
    [
      "a caller whom the contract does not let in",
      () => {
        const no = { grpc_status: "PERMISSION_DENIED" };
        const details = "rbac_access_denied_matched_policy[none]";
        return got({ status: 403 }, no, { ...no, details, peer: "spiffe://example/ns/x/sa/edge" }, undefined);
      },
      "the contract does not let edge, with this token, call InventoryService.GetItem.",
      policy("allow"),
    ],
    [
      "too many calls",
      () => {
        const no = { grpc_status: "RESOURCE_EXHAUSTED" };
        return got({ status: 429 }, no, { ...no, details: "local_rate_limited", flags: "RL" }, undefined);
      },
      "InventoryService.GetItem was called too often at stock-1.",
      policy("rate"),
    ],
    [
      "a call without a token, refused by the application at the edge",
      () => atEdge({ status: 401 }, { code: "UNAUTHENTICATED", reason: "TOKEN_MISSING" }),
      "InventoryService.GetItem needs an access token, and the call to edge-1 has none.",
      GOOD_TOKEN,
    ],
    [
      "a call without a token, refused by the sidecar",
      () => {
        const no = { grpc_status: "UNAUTHENTICATED" };
        const details = "rbac_access_denied_matched_policy[token-missing]";
        return got({ status: 401 }, no, { ...no, details }, undefined);
      },
      "InventoryService.GetItem needs an access token, and the call to stock-1 has none.",
      GOOD_TOKEN,
    ],
    [
      "too large a request, refused by the application at the edge",
      () => atEdge({ status: 413 }, { code: "RESOURCE_EXHAUSTED", reason: "REQUEST_TOO_LARGE" }),
      "the request is larger than InventoryService.GetItem takes.",
      tooLarge,
    ],
    [
      "a call that Envoy's fault filter has aborted",
      () => {
        const no = refusal("UNAVAILABLE", "SERVICE_UNAVAILABLE");
        return got({ status: 503 }, no, { ...no, details: "fault_filter_abort", flags: "FI" }, undefined);
      },
      "the fault filter of stock-1's sidecar aborted InventoryService.GetItem.",
      "  envoy.filters.http.fault in the configuration of stock-1's sidecar",
    ],
  ];
  for (const [what, write, because, change] of causes)
    it(`names the cause: ${what}`, () => {
      using logs = write();
      const told = causeIn(logs);
      if (typeof because === "string") expect(told).to.equal(because);
      else expect(told).to.match(because);
      if (change !== undefined) expect(headOf(logs)[1]).to.equal(change);
    });
});

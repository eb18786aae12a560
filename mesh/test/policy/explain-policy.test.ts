import { expect } from "chai";
import { explainPolicy } from "../../src/policy/index.js";
import { contractBytes, contractPolicy } from "../harness/contract-policy.js";
import { overlay } from "../harness/overlay.js";
import { topology } from "../harness/topology.js";

const service = "theseus.inventory.v1.InventoryService";
const file = "in proto/theseus/inventory/v1/inventory_service.proto";

describe("Where a policy comes from", () => {
  /** What is said of one method: its value, and what says so. */
  function said(method: string, what: string, rules: Parameters<typeof overlay>[0] = {}): readonly string[] {
    const methods = explainPolicy(contractBytes(), topology, "inventory", overlay(rules));
    const values = methods.find(({ path }) => path === `/${service}/${method}`)?.values ?? [];
    const found = values.find((each) => each.what === what);
    return found === undefined ? [] : [found.value, found.from];
  }

  it("is told for every method of the workload, and for no other", () => {
    const paths = explainPolicy(contractBytes(), topology, "inventory").map(({ path }) => path);
    const own = contractPolicy().methods.filter((method) => method.service === service);
    expect([...paths].sort()).to.eql(own.map(({ path }) => path).sort());
  });

  it("is the method's own option, or that of its service", () => {
    expect(said("GetItem", "longest")).to.eql(["2 s", `option (theseus.mesh.v1.policy).timeout ${file}`]);
    expect(said("CreateItem", "longest")).to.eql([
      "3 s",
      `option (theseus.mesh.v1.service_policy).timeout of the service, ${file}`,
    ]);
    expect(said("GetItem", "callers")).to.eql([
      "gateway PUBLIC",
      `option (theseus.mesh.v1.policy).allow ${file}`,
    ]);
  });

  it("is the rule whose selector says the most of the method's name, for the fields that it has", () => {
    const rules = {
      [`${service}.GetItem`]: { policy: { timeout: { seconds: 1n } } },
      "*": { policy: { timeout: { seconds: 2n }, rate: { requestsPerSecond: 5, burst: 7 } } },
    };
    expect(said("GetItem", "longest", rules)).to.eql([
      "1 s",
      `rules[0] of the deployment, for ${service}.GetItem`,
    ]);
    expect(said("GetItem", "rate", rules)).to.eql([
      "5 calls a second, 7 at once",
      "rules[1] of the deployment, for *",
    ]);
    expect(said("GetItem", "rate")).to.eql(["any", "nothing says it"]);
  });

  it("says what is repeated, by the level of idempotency", () => {
    expect(said("UpdateItem", "repeated")).to.eql([
      "when it never arrived",
      `option idempotency_level ${file}`,
    ]);
    expect(said("GetItem", "repeated")[0]).to.equal("when it never arrived, or has no answer");
  });
});

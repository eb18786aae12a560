import { create, toBinary } from "@bufbuild/protobuf";
import { GetUserRequestSchema } from "@theseus/contract/es/theseus/user/v1/user_service_pb.js";
import { expect } from "chai";
import type { Case } from "../src/cases/case.js";
import { loadContract } from "../src/contract/contract.js";
import { unknownClauses } from "../src/coverage/clauses.js";
import { CoverageCounter, wantedOf } from "../src/coverage/coverage.js";
import { coverageFaults } from "../src/coverage/exceptions.js";

const SERVICE = "theseus.user.v1.UserService";

describe("coverage", () => {
  const contract = loadContract();
  const method = contract.methods.get(`/${SERVICE}/GetUser`);
  if (method === undefined) throw new Error("the contract has no GetUser");
  const request = (name: string) => [toBinary(GetUserRequestSchema, create(GetUserRequestSchema, { name }))];

  it("asks for each method, each declared reason, both sides of each rule, and each clause", () => {
    const wanted = wantedOf(contract, SERVICE, ["email.unique"]);
    expect(wanted.filter((line) => line.includes("GetUser"))).to.eql([
      "method GetUser",
      "reason GetUser USER_NOT_FOUND",
      "rule GetUser name string.pattern broken",
      "rule GetUser name string.pattern kept",
    ]);
    expect(wanted).to.include("clause email.unique");
    expect(wanted).to.include("rule UpdateUser (request) user.email.required broken");
  });

  it("takes a rule for broken only when the service refused it, and for kept when it did not", () => {
    const counter = new CoverageCounter(SERVICE);
    counter.observe({ method, messages: request("nobody"), ok: true });
    expect([...counter.shown]).to.eql(["method GetUser"]);
    counter.observe({ method, messages: request("nobody"), ok: false, reason: "VALIDATION_FAILED" });
    expect(counter.shown.has("rule GetUser name string.pattern broken")).to.equal(true);
    expect(counter.shown.has("rule GetUser name string.pattern kept")).to.equal(false);
    counter.observe({ method, messages: request("users/a"), ok: false, reason: "USER_NOT_FOUND" });
    expect(counter.shown.has("rule GetUser name string.pattern kept")).to.equal(true);
    expect(counter.shown.has("reason GetUser USER_NOT_FOUND")).to.equal(true);
  });

  it("is complete only with exceptions that are exact", () => {
    const coverage = { wanted: ["a", "b", "c"], shown: new Set(["a", "b"]) };
    const excused = (...lines: string[]) =>
      coverageFaults(
        coverage,
        lines.map((line) => ({ line, why: "" })),
      );
    expect(excused()).to.eql(["no case shows: c"]);
    expect(excused("c")).to.eql([]);
    expect(excused("c", "b", "gone")).to.have.length(2);
  });

  it("knows a clause that a case names and nobody wrote down", () => {
    const test = { place: "cases/a.yaml:1", clauses: ["known", "unknown"] } as unknown as Case;
    expect(unknownClauses([test], ["known"])).to.eql(["cases/a.yaml:1: there is no clause unknown"]);
  });
});

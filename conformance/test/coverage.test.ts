import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import { GetUserRequestSchema } from "@theseus/contract/es/theseus/user/v1/user_service_pb.js";
import { Faults } from "@theseus/runtime/schema";
import { expect } from "chai";
import type { Case } from "../src/cases/case.js";
import { loadContract } from "../src/contract/contract.js";
import { readClauses, reportUnknownClauses } from "../src/coverage/clauses.js";
import { CoverageCounter, wantedOf } from "../src/coverage/coverage.js";
import { coverageFaults, readExceptions } from "../src/coverage/exceptions.js";
import { assertNoFaults } from "../src/schema/suite-file-error.js";

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
    const counter = new CoverageCounter(contract, SERVICE);
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
    const test = { place: "cases/a.yaml:1", clauses: ["time.server", "time.sever"] } as unknown as Case;
    const faults = new Faults();
    reportUnknownClauses([test], ["time.server"], faults);
    expect(() => assertNoFaults(faults)).to.throw(
      'cases/a.yaml:1: there is no clause "time.sever"; did you mean "time.server"?',
    );
  });

  describe("files", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "coverage-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const of = { service: "user", services: ["user", "payment"] };
    const read = (text: string, reader: typeof readClauses | typeof readExceptions) => {
      const [path, faults] = [join(folder, "a.yaml"), new Faults()];
      writeFileSync(path, text);
      const found = reader(path, { ...of, faults });
      assertNoFaults(faults);
      return found;
    };

    it("have clauses of all services and of each", () => {
      const text = "all: { a.b: Says. }\nuser: { c.d: Says. }\npayment: { e.f: Says. }";
      expect(read(text, readClauses)).to.eql(["a.b", "c.d"]);
      const wrong = () => read("all: { a.b: 5, ab: Says. }\nusr: {}", readClauses);
      expect(wrong).to.throw('clauses.yaml:1: "a.b" must be a text, not 5');
      expect(wrong).to.throw("clauses.yaml:1: a clause has an id such as stock.never-oversold");
      expect(wrong).to.throw('clauses.yaml:2: "usr" is not a key here; did you mean "user"?');
    });

    it("have exceptions with their arguments", () => {
      expect(read("user: [{ line: a, why: b }]", readExceptions)).to.eql([{ line: "a", why: "b" }]);
      const wrong = () => read("user:\n  - { lin: a, why: b }", readExceptions);
      expect(wrong).to.throw('exceptions.yaml:2: "lin" is not a key here; did you mean "line"?');
      expect(wrong).to.throw('exceptions.yaml:2: "line" is missing');
    });
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { CaseFileError, loadCases } from "../src/cases/case-file.js";

describe("case files", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cases-"));
    mkdirSync(join(folder, "user"));
    mkdirSync(join(folder, "protocol"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const faults = () => {
    try {
      loadCases(folder, "user");
      return [];
    } catch (error) {
      if (error instanceof CaseFileError) return error.faults;
      throw error;
    }
  };

  it("of a service come with those of all services", () => {
    write("user/a.yaml", "- { case: user/a/b, says: A, steps: [{ call: GetUser, expect: { ok: {} } }] }");
    write(
      "protocol/p.yaml",
      `- { case: protocol/a/b, says: P, steps: [{ call: '\${read}', expect: { ok: {} } }] }`,
    );
    const cases = loadCases(folder, "user");
    expect(cases.map(({ name }) => name)).to.eql(["user/a/b", "protocol/a/b"]);
  });

  it("begin with steps of given.yaml, whose variables the case may set", () => {
    write(
      "user/given.yaml",
      "user: { with: { who: alice, age: 3 }, steps: [{ call: CreateUser, expect: {} }] }",
    );
    write("user/a.yaml", "- { case: user/a/b, says: A, steps: [{ given: user, with: { who: bob } }] }");
    expect(loadCases(folder, "user")[0]?.steps).to.eql([
      { given: "user", with: { who: "bob", age: 3 }, steps: [{ call: "CreateUser", expect: {} }] },
    ]);
  });

  it("tell all their faults at once, each with its line", () => {
    write(
      "user/a.yaml",
      `- { case: user/a/b, says: A, steps: [{ call: GetUser }] }
- { case: user/a/b, says: A, step: [], steps: [{ shout: GetUser }] }
- { case: User, steps: [], needs: [patience] }
- { case: payment/a/b, says: A, steps: [{ given: nothing }], environment: { A: b } }
`,
    );
    write("user/b.yaml", "a: b");
    const told = faults();
    for (const fault of [
      'cases/user/a.yaml:2: "step" is not a key of a case',
      'cases/user/a.yaml:2: a step has no verb: {"shout":"GetUser"}',
      "cases/user/a.yaml:2: there is another case user/a/b",
      'cases/user/a.yaml:3: "User" is not a name such as orders/create/replay',
      "cases/user/a.yaml:3: User does not say what it proves",
      'cases/user/a.yaml:3: "patience" is not one of restart, own-target, store, launch',
      "cases/user/a.yaml:3: User has no steps",
      'cases/user/a.yaml:4: given.yaml has no "nothing"',
      "cases/user/a.yaml:4: payment/a/b has an environment and needs no target of its own",
      "cases/user/a.yaml:4: the name must begin with user/",
      "cases/user/b.yaml: it must be a list of cases",
    ]) {
      expect(told.map((line) => line.replace(/^.*?cases-\w+\//, "cases/"))).to.include(fault);
    }
  });

  it("may not have a number that JavaScript would round", () => {
    write(
      "user/a.yaml",
      "- case: user/a/b\n  says: A\n  steps:\n    - { call: A, request: { n: 9007199254740993 } }",
    );
    expect(faults().join()).to.match(/a\.yaml:4: 9007199254740993 is beyond 2\^53 and must be a text$/);
  });
});

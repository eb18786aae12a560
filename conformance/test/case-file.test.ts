import { expect } from "chai";
import { type CaseFolder, createCaseFolder } from "./case-folder.js";

describe("files of cases", () => {
  let folder: CaseFolder;

  beforeEach(() => {
    folder = createCaseFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  it("of a service come with those of all services", () => {
    folder.write(
      "user/a.yaml",
      "- { case: user/a/b, says: A, steps: [{ call: GetUser, expect: { ok: {} } }] }",
    );
    folder.write(
      "protocol/p.yaml",
      `- { case: protocol/a/b, says: P, steps: [{ call: '\${read}', expect: { ok: {} } }] }`,
    );
    expect(folder.read().map(({ name }) => name)).to.eql(["user/a/b", "protocol/a/b"]);
  });

  it("begin with steps of given.yaml, whose variables the case may set", () => {
    folder.write(
      "user/given.yaml",
      "user: { with: { who: alice, age: 3 }, steps: [{ call: CreateUser, expect: {} }] }",
    );
    folder.write(
      "user/a.yaml",
      "- { case: user/a/b, says: A, steps: [{ given: user, with: { who: bob } }] }",
    );
    const steps = [{ verb: "call", call: "CreateUser", expect: {} }];
    expect(folder.read()[0]?.steps).to.eql([
      { verb: "given", given: "user", with: { who: "bob", age: 3 }, steps },
    ]);
  });

  it("tell all faults of all files at once, each with its line", () => {
    folder.write(
      "user/a.yaml",
      `- { case: user/a/b, says: A, steps: [{ call: GetUser }] }
- { case: user/a/c, says: A, step: [], steps: [{ shout: GetUser }] }
- { case: User, steps: [], needs: [patience] }
- case: payment/a/b
  says: A
  steps:
    - call: GetUser
      expect: { status: NOT_FOUND, raeson: USER_NOT_FOUND }
    - given: nothing
`,
    );
    folder.write("user/b.yaml", "a: b");
    folder.write("user/c.yaml", "- { case: user/a/c, says: A, steps: [{ signal: TERM }] }");
    folder.write("user/d.yaml", "- { case: user/d/d, says: A, steps: [{ signal: TERM }] }\n".repeat(2));
    folder.write("user/e.yaml", "- case: 'user");
    folder.write("protocol/p.yaml", "- { case: protocol/a/b, says: P, steps: [{ exits: none }] }");
    const told = folder.faults();
    for (const fault of [
      'cases/user/a.yaml:1: "expect" is missing',
      'cases/user/a.yaml:2: "step" is not a key here; did you mean "steps"?',
      "cases/user/a.yaml:2: a step has no verb: shout",
      'cases/user/a.yaml:3: "case" is a name such as orders/create/replay',
      'cases/user/a.yaml:3: "says" is missing',
      'cases/user/a.yaml:3: "needs" cannot be "patience": there are restart, own-target, own-store, store, store-process, mesh, launch, resources, collector',
      "cases/user/a.yaml:3: a case has steps",
      'cases/user/a.yaml:8: "raeson" is not a key here; did you mean "reason"?',
      'cases/user/a.yaml:9: given.yaml has no "nothing"',
      "cases/user/a.yaml:4: the name must begin with user/",
      'cases/user/b.yaml:1: it must be a list, not {"a":"b"}',
      "cases/user/d.yaml:2: there is another case user/d/d",
      "cases/user/e.yaml:1: Missing closing 'quote at line 1, column 14:",
      'cases/protocol/p.yaml:1: "exits" must be a number, not "none"',
    ]) {
      expect(told).to.include(fault);
    }
  });

  it("may not have a number that JavaScript would round", () => {
    const step = "{ call: A, request: { n: 9007199254740993 }, expect: {} }";
    expect(folder.faultsOfStep(step)).to.eql(["9007199254740993 is beyond 2^53 and must be a text"]);
  });

  it("have each YAML anchor once", () => {
    folder.write(
      "user/a.yaml",
      `- case: user/a/b
  says: A
  steps:
    - { call: A, expect: &none { status: NOT_FOUND } }
    - { call: B, expect: *none }
    - { call: C, expect: &none { status: ABORTED } }
`,
    );
    expect(folder.faults()).to.eql(["cases/user/a.yaml:6: the anchor &none is taken by cases/user/a.yaml:4"]);
  });

  it("tell what is wrong behind an anchor once, where it is written", () => {
    folder.write(
      "user/a.yaml",
      `- case: user/a/b
  says: A
  steps:
    - call: A
      expect: &gone
        status: NOT_FUOND
    - { call: B, expect: *gone }
`,
    );
    expect(folder.faults()).to.eql([
      'cases/user/a.yaml:6: "status" cannot be "NOT_FUOND"; did you mean "NOT_FOUND"?',
    ]);
  });

  it("have no environment for a target that is shared", () => {
    folder.write(
      "user/a.yaml",
      "- { case: user/a/b, says: A, needs: [launch], environment: { A: b }, steps: [{ signal: TERM }] }",
    );
    expect(folder.faults()).to.eql([
      'cases/user/a.yaml:1: "environment" counts for nothing: the case needs no target of its own',
    ]);
  });

  it("set no variable that the beginning does not have", () => {
    folder.write("user/given.yaml", "user: { with: { who: alice }, steps: [{ signal: TERM }] }");
    expect(folder.faultsOfStep("{ given: user, with: { hwo: bob } }")).to.eql([
      '"hwo" is no variable of "user"; did you mean "who"?',
    ]);
    expect(folder.faultsOfStep("{ given: usr }")).to.eql(['given.yaml has no "usr"; did you mean "user"?']);
  });

  it("are looked through within other steps, and in given.yaml", () => {
    folder.write("user/given.yaml", "user:\n  steps:\n    - { call: A, expct: {} }");
    folder.write(
      "user/a.yaml",
      `- case: user/a/b
  says: A
  steps:
    - walk: A
      list: a
      request: {}
      matchin: a
      after_first:
        - { cancel: a, by: b }
      expect: []
`,
    );
    expect(folder.faults()).to.have.members([
      'cases/user/given.yaml:3: "expct" is not a key here; did you mean "expect"?',
      'cases/user/given.yaml:3: "expect" is missing',
      'cases/user/a.yaml:7: "matchin" is not a key here; did you mean "matching"?',
      'cases/user/a.yaml:4: "matching" is missing',
      'cases/user/a.yaml:9: "by" is not a key here: there are cancel',
    ]);
  });
});

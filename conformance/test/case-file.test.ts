import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import type { Case } from "../src/cases/case.js";
import { readCases, type WorldSchema } from "../src/cases/case-file.js";
import { Faults, SuiteFileError } from "../src/schema/faults.js";
import { world as payment } from "../worlds/payment/world.js";

const NOTHING: WorldSchema = { steps: {} };

describe("files of cases", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cases-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const read = (world = NOTHING): readonly Case[] => {
    const faults = new Faults();
    const cases = readCases("user", { folder, world, faults });
    faults.assertNone();
    return cases;
  };
  const faultsOf = (world = NOTHING): readonly string[] => {
    try {
      read(world);
      return [];
    } catch (error) {
      if (error instanceof SuiteFileError) return error.faults;
      throw error;
    }
  };
  /** What is wrong with a step, without its place. */
  const faultsOfStep = (step: string, world = NOTHING): readonly string[] => {
    write("user/a.yaml", `- case: user/a/b\n  says: A\n  steps:\n    - ${step}\n`);
    return faultsOf(world).map((fault) => fault.replace(/^cases\/user\/a\.yaml:\d+: /, ""));
  };

  it("of a service come with those of all services", () => {
    write("user/a.yaml", "- { case: user/a/b, says: A, steps: [{ call: GetUser, expect: { ok: {} } }] }");
    write(
      "protocol/p.yaml",
      `- { case: protocol/a/b, says: P, steps: [{ call: '\${read}', expect: { ok: {} } }] }`,
    );
    expect(read().map(({ name }) => name)).to.eql(["user/a/b", "protocol/a/b"]);
  });

  it("begin with steps of given.yaml, whose variables the case may set", () => {
    write(
      "user/given.yaml",
      "user: { with: { who: alice, age: 3 }, steps: [{ call: CreateUser, expect: {} }] }",
    );
    write("user/a.yaml", "- { case: user/a/b, says: A, steps: [{ given: user, with: { who: bob } }] }");
    const steps = [{ verb: "call", call: "CreateUser", expect: {} }];
    expect(read()[0]?.steps).to.eql([{ verb: "given", given: "user", with: { who: "bob", age: 3 }, steps }]);
  });

  it("tell all faults of all files at once, each with its line", () => {
    write(
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
    write("user/b.yaml", "a: b");
    write("user/c.yaml", "- { case: user/a/c, says: A, steps: [{ signal: TERM }] }");
    write("user/d.yaml", "- { case: user/d/d, says: A, steps: [{ signal: TERM }] }\n".repeat(2));
    write("user/e.yaml", "- case: 'user");
    write("protocol/p.yaml", "- { case: protocol/a/b, says: P, steps: [{ exits: none }] }");
    const told = faultsOf();
    for (const fault of [
      'cases/user/a.yaml:1: "expect" is missing',
      'cases/user/a.yaml:2: "step" is not a key here; did you mean "steps"?',
      "cases/user/a.yaml:2: a step has no verb: shout",
      'cases/user/a.yaml:3: "case" is a name such as orders/create/replay',
      'cases/user/a.yaml:3: "says" is missing',
      'cases/user/a.yaml:3: "needs" cannot be "patience": there are restart, own-target, store, launch',
      "cases/user/a.yaml:3: a case has steps",
      'cases/user/a.yaml:8: "raeson" is not a key here; did you mean "reason"?',
      'cases/user/a.yaml:9: given.yaml has no "nothing": there are ',
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
    expect(faultsOfStep(step)).to.eql(["9007199254740993 is beyond 2^53 and must be a text"]);
  });

  it("have each YAML anchor once", () => {
    write(
      "user/a.yaml",
      `- case: user/a/b
  says: A
  steps:
    - { call: A, expect: &none { status: NOT_FOUND } }
    - { call: B, expect: *none }
    - { call: C, expect: &none { status: ABORTED } }
`,
    );
    expect(faultsOf()).to.eql(["cases/user/a.yaml:6: the anchor &none is taken by cases/user/a.yaml:4"]);
  });

  it("tell what is wrong behind an anchor once, where it is written", () => {
    write(
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
    expect(faultsOf()).to.eql([
      'cases/user/a.yaml:6: "status" cannot be "NOT_FUOND"; did you mean "NOT_FOUND"?',
    ]);
  });

  describe("refuse a step", () => {
    const refused: readonly (readonly [string, string, string])[] = [
      [
        "with a verb that there is not",
        "{ cal: A, expect: {} }",
        'a step has no verb: "cal"; did you mean "call"?',
      ],
      ["that is no map", "call", "a step has no verb: it is no map"],
      ["with two verbs", "{ call: A, stream: B, expect: {} }", 'two verbs in one step: "call" and "stream"'],
      [
        "with a key that it does not have",
        "{ call: A, request: {}, expct: {}, expect: {} }",
        '"expct" is not a key here; did you mean "expect"?',
      ],
      [
        "with a key that is like none of its own",
        "{ pending: a, colour: red }",
        '"colour" is not a key here: there are pending',
      ],
      ["with a wrong type", "{ call: 5, expect: {} }", '"call" must be a text, not 5'],
      [
        "with a word that there is not",
        "{ restart: kil }",
        '"restart" cannot be "kil"; did you mean "kill"?',
      ],
      [
        "with something else than a duration",
        "{ call: A, within: 5 minutes, expect: {} }",
        "a duration is written such as 250ms or 5s",
      ],
      [
        "of a caller that there is not",
        "{ call: A, as: usr alice, expect: {} }",
        '"as" is nobody, user alice, admin root, workload orders, developer (without a mesh), developer root or a variable',
      ],
      [
        "whose deadline nobody looks at",
        "{ call: A, deadline: 1s, server_deadline: 1s, expect: {} }",
        '"deadline" counts for nothing beside server_deadline',
      ],
      [
        "whose request is not sent",
        "{ call: A, request: {}, requests: [], expect: {} }",
        '"request" is not sent beside requests',
      ],
      [
        "whose size is not sent",
        "{ raw: /a.B/C, size: limit, expect: {} }",
        '"size" is not sent to a path that the contract does not have',
      ],
      ...["reason: INTERNAL", "message: A", "metadata: {}", "violations: []", "same: a"].map(
        (key) =>
          [
            `that compares nothing: ${key} without a status`,
            `{ call: A, expect: { ${key} } }`,
            `"${key.split(":")[0]}" compares nothing without a status`,
          ] as const,
      ),
      [
        "that compares nothing: ok beside a status",
        "{ call: A, expect: { ok: {}, status: NOT_FOUND } }",
        '"ok" compares nothing beside a status',
      ],
      [
        "that compares nothing: a reason of a stream that ends well",
        "{ ends: a, status: OK, reason: INTERNAL }",
        '"reason" counts for nothing beside the status OK',
      ],
      [
        "with a status that there is not",
        "{ call: A, expect: { status: NOT_FUND } }",
        '"status" cannot be "NOT_FUND"; did you mean "NOT_FOUND"?',
      ],
      [
        "with a reason that there is not",
        "{ call: A, expect: { status: NOT_FOUND, reason: USER_NOTFOUND } }",
        '"reason" cannot be "USER_NOTFOUND"; did you mean "USER_NOT_FOUND"?',
      ],
      [
        "with a key of a violation that there is not",
        "{ call: A, expect: { status: NOT_FOUND, violations: [{ field: a, rul: b }] } }",
        '"rul" is not a key here; did you mean "rule"?',
      ],
      [
        "with a wrong row",
        "{ table: A, request: {}, rows: [{ wiht: {}, expect: {} }] }",
        '"wiht" is not a key here; did you mean "with"?',
      ],
      [
        "with an operator that there is not",
        "{ call: A, expect: { ok: { a: [{ $matchs: b }] } } }",
        '"$matchs" is not an operator here; did you mean "$matches"?',
      ],
      [
        "with an operator that is not sent",
        "{ call: A, request: { a: { $bind: b } }, expect: {} }",
        '"$bind" is not an operator here: there are $repeat',
      ],
      [
        "with an operator's argument of a wrong type",
        "{ call: A, expect: { ok: { a: { $absent: yes please } } } }",
        '"$absent" must be true or false, not "yes please"',
      ],
      [
        "with a pattern that is none",
        "{ call: A, expect: { ok: { a: { $matches: '(' } } } }",
        '"$matches" is no regular expression',
      ],
      [
        "with a nearness of nothing",
        "{ call: A, expect: { ok: { a: { $gt: 3, within: 5s } } } }",
        '"within" compares nothing without $near',
      ],
      [
        "whose message may have other fields after all",
        "{ call: A, expect: { ok: { $only: true, $bind: b, a: 1 } } }",
        '"$only" compares nothing beside $bind',
      ],
      [
        "of another service's world",
        "{ reservation: r, owner: alice }",
        "a step has no verb: reservation, owner",
      ],
    ];
    for (const [what, step, fault] of refused) {
      it(what, () => {
        expect(faultsOfStep(step)).to.eql([fault]);
      });
    }
  });

  it("have no environment for a target that is shared", () => {
    write(
      "user/a.yaml",
      "- { case: user/a/b, says: A, needs: [launch], environment: { A: b }, steps: [{ signal: TERM }] }",
    );
    expect(faultsOf()).to.eql([
      'cases/user/a.yaml:1: "environment" counts for nothing: the case needs no target of its own',
    ]);
  });

  it("set no variable that the beginning does not have", () => {
    write("user/given.yaml", "user: { with: { who: alice }, steps: [{ signal: TERM }] }");
    expect(faultsOfStep("{ given: user, with: { hwo: bob } }")).to.eql([
      '"hwo" is no variable of "user"; did you mean "who"?',
    ]);
    expect(faultsOfStep("{ given: usr }")).to.eql(['given.yaml has no "usr"; did you mean "user"?']);
  });

  it("are looked through within other steps, and in given.yaml", () => {
    write("user/given.yaml", "user:\n  steps:\n    - { call: A, expct: {} }");
    write(
      "user/a.yaml",
      `- case: user/a/b
  says: A
  steps:
    - walk: A
      list: a
      request: {}
      matching: a
      after_first:
        - { cancel: a, by: b }
      expect: []
`,
    );
    expect(faultsOf()).to.have.members([
      'cases/user/given.yaml:3: "expct" is not a key here; did you mean "expect"?',
      'cases/user/given.yaml:3: "expect" is missing',
      'cases/user/a.yaml:9: "by" is not a key here: there are cancel',
    ]);
  });

  describe("of a service whose peers are played", () => {
    const { schema } = payment;
    if (schema === undefined) throw new Error("the world of payment has no schema");

    const refused: readonly (readonly [string, string])[] = [
      ["{ reservation: r, ownr: alice, owner: alice }", '"ownr" is not a key here; did you mean "owner"?'],
      ["{ reservation: r, owner: alice, hold: 5 }", '"hold" must be a text, not 5'],
      ["{ books: p }", '"as" is missing'],
      ["{ ledger: p, entries: CAPTURED }", '"entries" must be a list, not "CAPTURED"'],
      [
        "{ peer: provider.Captur, calls: 1 }",
        '"peer" cannot be "provider.Captur"; did you mean "provider.Capture"?',
      ],
      ["{ peer: provider.Capture, call: 1 }", 'two verbs in one step: "peer" and "call"'],
      ["{ peer: provider.Capture, reachd: 1 }", '"reachd" is not a key here; did you mean "reached"?'],
      [
        "{ peer: provider, captures: p, cancels: p }",
        "it must have one of captures, cancels, refunds, not captures and cancels",
      ],
      ["{ peer: inventory, shows: r }", '"shows" needs is'],
      ["{ peer: inventory, free: r, is: { state: HELD } }", '"is" counts for nothing without shows'],
      ["{ peer: user, forgt: alice }", '"forgt" is not a key here; did you mean "forget"?'],
    ];
    for (const [step, fault] of refused) {
      it(`refuse ${step}`, () => {
        expect(faultsOfStep(step, schema)).to.include(fault);
      });
    }

    it("say in known words how peers deviate", () => {
      const write_ = (peers: string) =>
        write("user/a.yaml", `- { case: user/a/b, says: A, peers: ${peers}, steps: [{ signal: TERM }] }`);
      write_("{ provider.Capture: [explode], provider.Captre: [lose] }");
      expect(faultsOf(schema)).to.have.members([
        'cases/user/a.yaml:1: "provider.Capture" cannot be "explode": there are ok, unavailable, internal, bare, no-outcome, lose, hold, hold-all, meet',
        'cases/user/a.yaml:1: "provider.Captre" is not a key here; did you mean "provider.Capture"?',
      ]);
      expect(faultsOf()).to.eql(["cases/user/a.yaml:1: nobody is played around this service"]);
      write_("{ provider.Capture: [lose, hold-al] }");
      expect(faultsOf(schema)).to.eql([
        'cases/user/a.yaml:1: "provider.Capture" cannot be "hold-al"; did you mean "hold-all"?',
      ]);
    });
  });
});

import { expect } from "chai";
import { world } from "../worlds/payment/world.js";
import { type CaseFolder, createCaseFolder } from "./case-folder.js";

describe("cases of payment", () => {
  let folder: CaseFolder;

  beforeEach(() => {
    folder = createCaseFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  const { schema } = world;
  if (schema === undefined) throw new Error("the world of payment has no schema");

  const refused: readonly (readonly [string, string])[] = [
    ["{ reservation: r, ownr: alice, owner: alice }", '"ownr" is not a key here; did you mean "owner"?'],
    ["{ reservation: r, owner: alice, hold: 5 }", '"hold" must be a text, not 5'],
    ["{ books: p }", '"as" is missing'],
    ["{ token: t, watch: p }", '"cursor" is missing'],
    ["{ token: t, watch: p, cursor: 4 }", '"cursor" must be a list, not 4'],
    ["{ ledger: p, entries: CAPTURED }", '"entries" must be a list, not "CAPTURED"'],
    [
      "{ peer: provider.Captur, calls: 1 }",
      '"peer" cannot be "provider.Captur"; did you mean "provider.Capture"?',
    ],
    ["{ peer: provider.Capture, call: 1 }", 'two verbs in one step: "peer" and "call"'],
    ["{ peer: provider.Capture, reachd: 1 }", '"reachd" is not a key here; did you mean "reached"?'],
    [
      "{ peer: provider, captures: p, cancels: p }",
      "it must have one of charges, captures, cancels, refunds, loses, not captures and cancels",
    ],
    ["{ peer: inventory, shows: r }", '"shows" needs is'],
    ["{ peer: inventory, free: r, is: { state: HELD } }", '"is" counts for nothing without shows'],
    ["{ peer: user, forgt: alice }", '"forgt" is not a key here; did you mean "forget"?'],
  ];
  for (const [step, fault] of refused) {
    it(`refuse ${step}`, () => {
      expect(folder.faultsOfStep(step, schema)).to.include(fault);
    });
  }

  it("say in known words how peers deviate", () => {
    const writePeers = (peers: string) =>
      folder.write(
        "user/a.yaml",
        `- { case: user/a/b, says: A, peers: ${peers}, steps: [{ signal: TERM }] }`,
      );
    writePeers("{ provider.Capture: [explode], provider.Captre: [lose] }");
    expect(folder.faults(schema)).to.have.members([
      'cases/user/a.yaml:1: "provider.Capture" cannot be "explode": there are ok, unavailable, internal, no-outcome, lose, hold, hold-all, meet, bare, bare-no, unimplemented, no-such-status, foreign-reason, other-reason, other-code, two-codes, damaged, no-message, empty, two-messages, of-another, for-another',
      'cases/user/a.yaml:1: "provider.Captre" is not a key here; did you mean "provider.Capture"?',
    ]);
    expect(folder.faults()).to.eql(["cases/user/a.yaml:1: nobody is played around this service"]);
    writePeers("{ provider.Capture: [lose, hold-al] }");
    expect(folder.faults(schema)).to.eql([
      'cases/user/a.yaml:1: "provider.Capture" cannot be "hold-al"; did you mean "hold-all"?',
    ]);
  });
});

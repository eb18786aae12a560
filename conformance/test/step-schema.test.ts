import { expect } from "chai";
import { type CaseFolder, createCaseFolder } from "./case-folder.js";

describe("a step is refused", () => {
  let folder: CaseFolder;

  beforeEach(() => {
    folder = createCaseFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

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
    ["with a word that there is not", "{ restart: kil }", '"restart" cannot be "kil"; did you mean "kill"?'],
    [
      "with something else than a duration",
      "{ call: A, within: 5 minutes, expect: {} }",
      "a duration is written such as 250ms or 5s",
    ],
    [
      "of a caller that there is not",
      "{ call: A, as: usr alice, expect: {} }",
      '"as" is nobody, user alice, admin root, workload orders, developer (without a mesh), developer root, bearer and an access token, or a variable',
    ],
    ["that slows the store by nothing", "{ store: slow }", "it must have one of by"],
    ["that cuts the store and slows it", "{ store: stop, by: 1s }", '"by" counts for nothing without slow'],
    ["that may answer whatever it likes whenever it likes", "{ call: A }", '"expect" is missing'],
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
      expect(folder.faultsOfStep(step)).to.eql([fault]);
    });
  }
});

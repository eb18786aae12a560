import { PolicyRuleSchema } from "@theseus/contract/es/theseus/mesh/v1/policy_overlay_pb.js";
import { QuotaSchema } from "@theseus/contract/es/theseus/quota/v1/quota_pb.js";
import { expect } from "chai";
import { describeIssue, messageSchema } from "../src/schema/index.js";

describe("The schema of a message in a file", () => {
  const schema = messageSchema(PolicyRuleSchema);
  const faultsOf = (value: unknown) =>
    (schema.safeParse(value).error?.issues ?? [])
      .flatMap((issue) => describeIssue(issue, value, []))
      .map(({ at, fault }) => `${at.join(".")}: ${fault}`);

  it("takes fields as the contract spells them, names of enum values and durations", () => {
    const policy = {
      timeout: "0.25s",
      allow: [{ caller: "gateway", auth: "AUTH_USER" }],
      rate: { requests_per_second: 1, burst: 4_294_967_295 },
      max_request_bytes: 1,
    };
    expect(faultsOf({ selector: "*", policy, forbid: true })).to.deep.equal([]);
  });

  const refused: readonly (readonly [value: object, fault: string])[] = [
    [{ selector: "" }, 'selector: "selector" is empty: leave it out'],
    [{ forbid: false }, 'forbid: "forbid" is false: leave it out'],
    [{ policy: { allow: [] } }, 'policy.allow: "allow" is empty: leave it out'],
    ...[0, -1, 1.5, 4_294_967_296].map(
      (bytes) =>
        [
          { policy: { max_request_bytes: bytes } },
          'policy.max_request_bytes: "max_request_bytes" must be a whole number from 1 to 4294967295',
        ] as const,
    ),
    ...["AUTH_UNSPECIFIED", "AUTH_USR"].map(
      (auth) =>
        [{ policy: { allow: [{ auth }] } }, `policy.allow.0.auth: "auth" cannot be "${auth}"`] as const,
    ),
    ...["2", "-1s", "1m", "1s "].map(
      (timeout) =>
        [{ policy: { timeout } }, "policy.timeout: a duration is written such as 2s or 0.25s"] as const,
    ),
    [
      { policy: { maxRequestBytes: 1 } },
      'policy.maxRequestBytes: "maxRequestBytes" is not a key here; did you mean "max_request_bytes"?',
    ],
  ];
  for (const [value, fault] of refused) {
    it(`refuses ${JSON.stringify(value)}`, () => {
      const [first = "", ...others] = faultsOf(value);
      expect(first).to.contain(fault);
      expect(others).to.deep.equal([]);
    });
  }

  it("is not made of kinds of fields that no file has needed", () => {
    expect(() => messageSchema(QuotaSchema)).to.throw("limit: INT64 is not read from files");
  });
});

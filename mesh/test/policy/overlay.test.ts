import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type PolicyOverlay,
  PolicyOverlaySchema,
} from "@theseus/contract/es/theseus/mesh/v1/policy_overlay_pb.js";
import type { PolicySchema } from "@theseus/contract/es/theseus/mesh/v1/policy_pb.js";
import { Auth } from "@theseus/kit/contract";
import { expect } from "chai";
import { compilePolicy, OverlayError } from "../../src/policy/index.js";
import { contractBytes, contractPolicy } from "../harness/contract-policy.js";
import { overlay } from "../harness/overlay.js";
import { topology } from "../harness/topology.js";

const service = "theseus.inventory.v1.InventoryService";
const seconds = (value: bigint) => ({ timeout: { seconds: value } });
const rate = (requestsPerSecond: number, burst: number) => ({ rate: { requestsPerSecond, burst } });
const allow = (caller: string, auth: Auth) => ({ allow: [{ caller, auth }] });

describe("An overlay", () => {
  const contract = contractPolicy();
  /** The methods of which it says something else than the contract, and what. */
  const changes = (rules: Parameters<typeof overlay>[0]) => {
    const { methods } = compilePolicy(contractBytes(), topology, overlay(rules));
    const changed = methods.flatMap((method, index) => {
      const before: object = contract.methods[index] ?? {};
      const fields = Object.entries(method).filter(
        ([field, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(before, field)),
      );
      return fields.length === 0 ? [] : [[method.path.slice(1), Object.fromEntries(fields)]];
    });
    return Object.fromEntries(changed);
  };

  it("that says nothing changes nothing", () => {
    expect(compilePolicy(contractBytes(), topology, overlay({}))).to.deep.equal(contract);
  });

  it("makes each field of one method tighter, and touches no other", () => {
    const policy = {
      ...seconds(1n),
      ...allow("gateway", Auth.ADMIN),
      ...rate(5, 5),
      maxRequestBytes: 1024,
    };
    expect(changes({ [`${service}.GetItem`]: { policy } })).to.deep.equal({
      [`${service}/GetItem`]: {
        timeoutMs: 1000,
        allow: [{ caller: "gateway", auth: Auth.ADMIN }],
        rate: { requestsPerSecond: 5, burst: 5 },
        maxRequestBytes: 1024,
        isSizeOfOverlay: true,
      },
    });
  });

  it("selects a method, a service, a package with those below it, or all", () => {
    const selected = (selector: string) => Object.keys(changes({ [selector]: { policy: rate(1, 1) } }));
    const all = contract.methods.map(({ path }) => path.slice(1));
    expect(selected(`${service}.GetItem`)).to.deep.equal([`${service}/GetItem`]);
    expect(selected(`${service}.*`)).to.deep.equal(all.filter((path) => path.startsWith(`${service}/`)));
    const inventory = all.filter((path) => path.startsWith("theseus.inventory."));
    expect(selected("theseus.inventory.v1.*")).to.deep.equal(inventory);
    expect(selected("theseus.inventory.*")).to.deep.equal(inventory);
    expect(selected("*")).to.deep.equal(all);
  });

  it("says field by field what its longest selector says, in whatever order they come", () => {
    const rules = {
      [`${service}.GetItem`]: { policy: rate(3, 3) },
      "*": { policy: { ...rate(1, 1), ...seconds(1n) } },
      [`${service}.*`]: { policy: rate(2, 2) },
    };
    const changed = changes(rules);
    const reversed = changes(Object.fromEntries(Object.entries(rules).reverse()));
    expect(changed).to.deep.equal(reversed);
    expect(changed[`${service}/GetItem`]).to.deep.equal({
      timeoutMs: 1000,
      rate: { requestsPerSecond: 3, burst: 3 },
    });
    expect(changed[`${service}/ListItems`]?.rate.burst).to.equal(2);
    expect(changed["theseus.payment.v1.PaymentService/GetPayment"]?.rate.burst).to.equal(1);
  });

  it("forbids methods, but for those that a longer selector lets somebody call", () => {
    const changed = changes({
      [`${service}.*`]: { forbid: true },
      [`${service}.GetItem`]: { policy: allow("gateway", Auth.USER) },
    });
    expect(changed[`${service}/AddStock`]).to.deep.equal({ allow: [] });
    expect(changed[`${service}/GetItem`]).to.deep.equal({ allow: [{ caller: "gateway", auth: Auth.USER }] });
  });

  it("may bring a method back to what the contract says", () => {
    const rules = {
      [`${service}.*`]: { policy: seconds(1n) },
      [`${service}.GetItem`]: { policy: seconds(2n) },
    };
    expect(changes(rules))
      .to.have.property(`${service}/ListItems`)
      .and.not.to.have.property(`${service}/GetItem`);
  });

  it("keeps the ways between workloads that the contract knows, for whom it shuts out to be told", () => {
    const { methods } = compilePolicy(contractBytes(), topology, overlay({ "*": { forbid: true } }));
    expect(methods.map(({ callers }) => callers)).to.deep.equal(
      contract.methods.map(({ callers }) => callers),
    );
  });
});

describe("An overlay is refused", () => {
  const one = (policy: MessageInitShape<typeof PolicySchema>, method = `${service}.GetReservation`) =>
    overlay({ [method]: { policy } });
  const cases: readonly (readonly [what: string, given: PolicyOverlay, path: string, fault: string])[] = [
    [
      "with a longer timeout",
      one(seconds(10n)),
      "rules.0.policy.timeout",
      `"${service}.GetReservation" gives ${service}.GetReservation a timeout of 10s, the contract 2s`,
    ],
    [
      "with more bytes",
      one({ maxRequestBytes: 65_537 }),
      "rules.0.policy.max_request_bytes",
      `"${service}.GetReservation" gives ${service}.GetReservation max_request_bytes of 65537, the contract 65536`,
    ],
    [
      "with fewer bytes for a stream, where no sidecar measures messages",
      one({ maxRequestBytes: 100 }, `${service}.SyncStock`),
      "rules.0.policy.max_request_bytes",
      `"${service}.SyncStock" gives ${service}.SyncStock max_request_bytes of 100, the contract 16384: messages of a stream are measured by the contract alone`,
    ],
    ...[rate(11, 20), rate(10, 21)].map(
      (given) =>
        [
          `with a higher rate (${given.rate.requestsPerSecond}, ${given.rate.burst})`,
          one(given, "theseus.user.v1.UserService.SignIn"),
          "rules.0.policy.rate",
          `"theseus.user.v1.UserService.SignIn" gives theseus.user.v1.UserService.SignIn a rate of ${given.rate.requestsPerSecond}/s with a burst of ${given.rate.burst}, the contract 10/s with a burst of 20`,
        ] as const,
    ),
    ...(
      [
        ["a caller that the contract does not let in", "user", "USER"],
        ["a weaker proof", "gateway", "PUBLIC"],
        ["a call without an end user where one is asked for", "gateway", "NONE"],
        ["an end user where a workload calls for itself", "payment", "USER"],
      ] as const
    ).map(
      ([what, caller, auth]) =>
        [
          `with ${what}`,
          one(allow(caller, Auth[auth])),
          "rules.0.policy.allow",
          `"${service}.GetReservation" lets ${caller} ${auth} call ${service}.GetReservation, the contract gateway USER, payment NONE`,
        ] as const,
    ),
    [
      "with a workload that there is not",
      one(allow("paymnt", Auth.NONE)),
      "rules.0.policy.allow",
      `"${service}.GetReservation" allows the unknown workload "paymnt"; did you mean "payment"?`,
    ],
    [
      "with a caller that it leaves out",
      one(allow("", Auth.USER)),
      "rules.0.policy.allow",
      `"${service}.GetReservation" allows a caller without a name`,
    ],
    [
      "with a caller of whom it asks nothing",
      one(allow("gateway", Auth.UNSPECIFIED)),
      "rules.0.policy.allow",
      `"${service}.GetReservation" does not say what a call of "gateway" must prove`,
    ],
    [
      "with a way in twice",
      one({ allow: Array(2).fill({ caller: "payment", auth: Auth.NONE }) }),
      "rules.0.policy.allow",
      `"${service}.GetReservation" allows "payment NONE" twice`,
    ],
    [
      "without time",
      one(seconds(0n)),
      "rules.0.policy.timeout",
      `"${service}.GetReservation" gives no time: a timeout is above 0`,
    ],
    [
      "with a rate that is none",
      one(rate(2, 1)),
      "rules.0.policy.rate",
      `"${service}.GetReservation" is faulty: rate's burst is below requests_per_second`,
    ],
    [
      "when it forbids and has a policy",
      overlay({ [`${service}.GetItem`]: { forbid: true, policy: seconds(1n) } }),
      "rules.0.forbid",
      `"${service}.GetItem" has a policy for methods that it forbids`,
    ],
    [
      "with a selector twice",
      create(PolicyOverlaySchema, {
        rules: [seconds(1n), rate(1, 1)].map((policy) => ({ selector: "*", policy })),
      }),
      "rules.1.selector",
      '"*" is the selector of two rules',
    ],
    ["without a selector", overlay({ "": { forbid: true } }), "rules.0.selector", "a rule has no selector"],
    ...(
      [
        [`${service}.GetItm`, `; did you mean "${service}.GetItem"?`],
        ["theseus.inventry.*", '; did you mean "theseus.inventory.*"?'],
        [`${service}*`, `; did you mean "${service}.*"?`],
        [`${service}.GetItem.*`, `; did you mean "${service}.GetItem"?`],
        ["weather", ""],
      ] as const
    ).map(
      ([selector, hint]) =>
        [
          `with the selector "${selector}", which selects nothing`,
          overlay({ [selector]: { forbid: true } }),
          "rules.0.selector",
          `"${selector}" selects nothing${hint}`,
        ] as const,
    ),
    ["with an empty rule", overlay({ "*": {} }), "rules.0", '"*" changes nothing'],
    [
      "with what the contract says anyway",
      one({
        ...seconds(2n),
        allow: [
          { caller: "payment", auth: Auth.NONE },
          { caller: "gateway", auth: Auth.USER },
        ],
      }),
      "rules.0",
      `"${service}.GetReservation" changes nothing`,
    ],
    [
      "with a rule that longer selectors leave without effect",
      overlay({
        [`${service}.*`]: { policy: seconds(1n) },
        [`${service}.GetItem`]: { policy: seconds(1n) },
      }),
      "rules.1",
      `"${service}.GetItem" changes nothing`,
    ],
    [
      "with limits for what another rule forbids",
      overlay({ [`${service}.*`]: { forbid: true }, [`${service}.GetItem`]: { policy: seconds(1n) } }),
      "rules.1",
      `"${service}.GetItem" changes nothing`,
    ],
  ];
  for (const [what, given, path, fault] of cases) {
    it(`${what}, and says: ${fault}`, () => {
      expect(faultsOf(given)).to.deep.equal([`${path}: ${fault}`]);
    });
  }

  it("for each method that a rule would loosen, whatever a longer selector says of it", () => {
    const faults = faultsOf(
      overlay({
        [`${service}.*`]: { policy: seconds(3n) },
        [`${service}.GetItem`]: { policy: seconds(1n) },
      }),
    );
    expect(faults.map((fault) => /gives \S+\.(\w+) a/.exec(fault)?.[1])).to.deep.equal([
      ...["GetItem", "ListItems", "GetReservation", "CommitReservation", "UncommitReservation"],
    ]);
  });

  it("with all its faults and the contract's at once", () => {
    const rules = overlay({ weather: { forbid: true }, [`${service}.GetItem`]: { policy: seconds(9n) } });
    const without = { ...topology, workloads: topology.workloads.filter(({ name }) => name !== "payment") };
    for (const [given, count] of [
      [rules, 2],
      [overlay({}), 0],
    ] as const) {
      try {
        compilePolicy(contractBytes(), without, given);
        expect.fail("was taken");
      } catch (error) {
        if (!(error instanceof OverlayError)) throw error;
        expect(error.contractFaults).to.include("theseus.payment.v1.PaymentService: nobody serves it");
        expect(error.overlayFaults).to.have.length(count);
        expect(error.faults).to.have.length(error.contractFaults.length + count);
      }
    }
  });
});

/** `path: fault` of each fault of an overlay. */
function faultsOf(given: PolicyOverlay): readonly string[] {
  try {
    compilePolicy(contractBytes(), topology, given);
    return [];
  } catch (error) {
    if (!(error instanceof OverlayError)) throw error;
    expect(error.contractFaults).to.deep.equal([]);
    return error.overlayFaults.map(({ path, fault }) => `${path.join(".")}: ${fault}`);
  }
}
